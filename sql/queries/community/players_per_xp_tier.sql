-- Count the players of each main XP tier, lowest first; who has 500 XP or less has not begun yet.
-- returns: many
-- row: PlayersPerXPTierResponse
select m.name as tier, count(p.user_id) as amount
from lootbox.main_tiers as m
left join ranks.players as p on p.xp / 100 % 100 / 5 = m.threshold and p.xp > 500
group by m.threshold, m.name
order by m.threshold
