-- Add up the times of all verified runs by the difficulty of their maps, easiest first.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: TimePlayedPerRankResponse
select sum(t.seconds)::float8 as total_seconds, k.difficulty as difficulty
from (
  -- By the few difficulties of maps first, each of which is looked up once.
  select m.difficulty, sum(r.seconds) as seconds
  from completions.totals as r
  join core.maps as m on m.id = r.map_id
  where r.seconds > 0
  group by m.difficulty
) as t
join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(t.difficulty)
group by k.position, k.difficulty
order by k.position
