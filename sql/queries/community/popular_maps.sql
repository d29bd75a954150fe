-- List the five maps of each difficulty with the most runs, better rated ones first among equals.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: PopularMapsStatisticsResponse
with ranked as (
  select
    m.code,
    coalesce(t.runs, 0)::bigint as completions,
    round(coalesce(r.verified_mean, 0)::numeric, 2)::float8 as quality,
    k.position,
    k.difficulty,
    row_number() over (
      partition by k.position order by t.runs desc nulls last, r.verified_mean desc nulls last, m.id
    ) as ranking
  from core.maps as m
  join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(m.difficulty)
  left join completions.totals as t on t.map_id = m.id
  left join maps.rating_totals as r on r.map_id = m.id
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
