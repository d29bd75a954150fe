-- Tell for each difficulty, easiest first, how many official, playable maps a user has completed and with which medal,
-- and whether that is enough for the rank of the difficulty and for its medals.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: RankDetailResponse
select
  k.difficulty,
  coalesce(c.completions, 0) as completions,
  coalesce(c.gold, 0) as gold,
  coalesce(c.silver, 0) as silver,
  coalesce(c.bronze, 0) as bronze,
  coalesce(c.completions, 0) >= k.required as rank_met,
  coalesce(c.gold, 0) >= k.required as gold_rank_met,
  coalesce(c.silver, 0) >= k.required as silver_rank_met,
  coalesce(c.bronze, 0) >= k.required as bronze_rank_met
from ranks.skill_ranks as k
left join ranks.counts as c
  on c.user_id = :user_id and c.official and c.playable and c.difficulty = k.difficulty
where k.difficulty is not null
order by k.position
