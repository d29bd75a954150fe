-- Count the players of the community leaderboard.
-- returns: value
select count(*) as amount
from ranks.players as p
where p.user_id > 100000
  /*[ and (p.nickname ilike :pattern or p.discord_tag ilike :pattern) ]*/
  /*[ and p.xp / 100 % 100 = (
    select m.threshold * 5 + u.threshold
    from lootbox.main_tiers as m
    cross join lootbox.sub_tiers as u
    where m.name || ' ' || u.name = :tier_name
  ) ]*/
  /*[ and p.skill_rank = (select k.position from ranks.skill_ranks as k where k.name = :skill_rank) ]*/
