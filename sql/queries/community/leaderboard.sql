-- List players of the community leaderboard. Smaller ids are placeholders from before there were users. The best skill
-- rank comes first when ranks ascend.
-- returns: many
-- row: CommunityLeaderboardResponse
-- order: xp_amount_asc = p.xp, p.user_id
-- order: xp_amount_desc = p.xp desc, p.user_id desc
-- order: nickname_asc = p.nickname, p.user_id
-- order: nickname_desc = p.nickname desc, p.user_id desc
-- order: prestige_level_asc = p.xp, p.user_id
-- order: prestige_level_desc = p.xp desc, p.user_id desc
-- order: wr_count_asc = p.wr_count, p.user_id
-- order: wr_count_desc = p.wr_count desc, p.user_id desc
-- order: map_count_asc = p.map_count, p.user_id
-- order: map_count_desc = p.map_count desc, p.user_id desc
-- order: playtest_count_asc = p.playtest_count, p.user_id
-- order: playtest_count_desc = p.playtest_count desc, p.user_id desc
-- order: discord_tag_asc = p.discord_tag, p.user_id
-- order: discord_tag_desc = p.discord_tag desc, p.user_id desc
-- order: skill_rank_asc = p.skill_rank desc, p.user_id desc
-- order: skill_rank_desc = p.skill_rank, p.user_id
-- order: skill_score_asc = p.skill_score, p.user_id
-- order: skill_score_desc = p.skill_score desc, p.user_id desc
-- Read twice, in the order of an index for the page, and whole for the number of them.
with found as not materialized (
  select p.*
  from ranks.players as p
  where p.user_id > 100000
    /*[ and p.search like lower(:pattern) ]*/
    /*[ and p.xp / 100 % 100 = (
      select m.threshold * 5 + u.threshold
      from lootbox.main_tiers as m
      cross join lootbox.sub_tiers as u
      where m.name || ' ' || u.name = :tier_name
    ) ]*/
    /*[ and p.skill_rank = (select k.position from ranks.skill_ranks as k where k.name = :skill_rank) ]*/
),
page as (
  select o.user_id, row_number() over () as place
  from (
    select p.user_id
    from found as p
    order by p.xp, p.user_id /*order*/
    limit :size offset :skip
  ) as o
)
select
  s.user_id,
  s.nickname,
  s.xp_amount,
  s.raw_tier,
  s.normalized_tier,
  s.prestige_level,
  s.tier_name as "tier_name!",
  s.wr_count,
  s.map_count,
  s.playtest_count,
  s.discord_tag,
  s.skill_rank as skill_rank,
  s.skill_score,
  s.skill_tier,
  s.skill_percentile as skill_percentile,
  s.skill_tier_name as "skill_tier_name!",
  (select count(*) from found) as total_results
from page
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all players for them.
cross join lateral (select r.* from ranks.standings as r where r.user_id = page.user_id offset 0) as s
order by page.place
