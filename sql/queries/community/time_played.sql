-- Add up the times of all verified runs by the difficulty of their maps, easiest first.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: TimePlayedPerRankResponse
-- scan: it adds up all runs
with played as (
  select c.map_id, sum(c.time) as seconds
  from core.completions as c
  where c.verified and c.time < 99999999
  group by c.map_id
)
select sum(p.seconds)::float8 as total_seconds, k.difficulty as difficulty
from played as p
join core.maps as m on m.id = p.map_id
join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(m.difficulty)
group by k.position, k.difficulty
order by k.position
