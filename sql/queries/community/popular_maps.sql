-- List the five maps of each difficulty with the most runs, better rated ones first among equals.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: PopularMapsStatisticsResponse
-- scan: it ranks all maps by all their runs
with counted as (
  select c.map_id, count(*) as completions
  from core.completions as c
  group by c.map_id
),
rated as (
  select r.map_id, avg(r.quality) as quality
  from maps.ratings as r
  where r.verified
  group by r.map_id
),
ranked as (
  select
    m.code,
    coalesce(c.completions, 0) as completions,
    round(coalesce(r.quality, 0), 2)::float8 as quality,
    k.position,
    k.difficulty,
    row_number() over (
      partition by k.position order by c.completions desc nulls last, r.quality desc nulls last, m.id
    ) as ranking
  from core.maps as m
  join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(m.difficulty)
  left join counted as c on c.map_id = m.id
  left join rated as r on r.map_id = m.id
  where m.official and not m.archived and not m.hidden and m.code is not null
)
select
  r.code as code,
  r.completions,
  r.quality,
  r.difficulty as difficulty,
  r.ranking
from ranked as r
where r.ranking <= 5
order by r.position, r.ranking
