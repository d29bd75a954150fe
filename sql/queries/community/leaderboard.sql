-- List players of the community leaderboard; ``total_results``, the number of all of them, is counted before. Smaller
-- ids are placeholders from before there were users. The best skill rank comes first when ranks ascend.
-- returns: many
-- row: CommunityLeaderboardResponse
-- order: xp_amount_asc = s.xp_amount, s.user_id
-- order: xp_amount_desc = s.xp_amount desc, s.user_id desc
-- order: nickname_asc = s.nickname, s.user_id
-- order: nickname_desc = s.nickname desc, s.user_id desc
-- order: prestige_level_asc = s.xp_amount, s.user_id
-- order: prestige_level_desc = s.xp_amount desc, s.user_id desc
-- order: wr_count_asc = s.wr_count, s.user_id
-- order: wr_count_desc = s.wr_count desc, s.user_id desc
-- order: map_count_asc = s.map_count, s.user_id
-- order: map_count_desc = s.map_count desc, s.user_id desc
-- order: playtest_count_asc = s.playtest_count, s.user_id
-- order: playtest_count_desc = s.playtest_count desc, s.user_id desc
-- order: discord_tag_asc = s.discord_tag, s.user_id
-- order: discord_tag_desc = s.discord_tag desc, s.user_id desc
-- order: skill_rank_asc = s.skill_position desc, s.user_id desc
-- order: skill_rank_desc = s.skill_position, s.user_id
-- order: skill_score_asc = s.skill_score, s.user_id
-- order: skill_score_desc = s.skill_score desc, s.user_id desc
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
  s.skill_rank as "skill_rank!",
  s.skill_score,
  s.skill_tier,
  s.skill_percentile as skill_percentile,
  s.skill_tier_name as "skill_tier_name!",
  :total_results::bigint as total_results
from ranks.standings as s
where s.user_id > 100000
  /*[ and (s.nickname ilike :pattern or s.discord_tag ilike :pattern) ]*/
  /*[ and s.normalized_tier = (
    select m.threshold * 5 + u.threshold
    from lootbox.main_tiers as m
    cross join lootbox.sub_tiers as u
    where m.name || ' ' || u.name = :tier_name
  ) ]*/
  /*[ and s.skill_position = (select k.position from ranks.skill_ranks as k where k.name = :skill_rank) ]*/
order by s.xp_amount, s.user_id /*order*/
limit :size offset :skip
