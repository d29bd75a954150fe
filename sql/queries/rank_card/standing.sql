-- Return what a user's rank card says of its standing; nothing for an unknown user.
-- returns: maybe
select
  s.skill_rank as rank_name,
  n.name as nickname,
  s.map_count as total_maps_created,
  s.playtest_count as total_playtests,
  s.wr_count as world_records,
  s.xp_amount as xp,
  s.tier_name as "community_rank!",
  s.prestige_level,
  s.skill_score,
  s.skill_tier,
  s.skill_percentile,
  s.skill_tier_name as "skill_tier_name!",
  (:cdn_url::text || '/assets/ranks/' || lootbox.file_name(s.skill_rank) || '.webp') as rank_url
from ranks.standings as s
join users.names as n on n.user_id = s.user_id
where s.user_id = :user_id
