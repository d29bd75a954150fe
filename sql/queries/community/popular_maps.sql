-- List the five maps of each difficulty with the most runs, better rated ones first among equals.
-- returns: many
-- type: difficulty = DifficultyTop
-- row: PopularMapsStatisticsResponse
with best as (
  -- By the few difficulties of maps first, each of which is looked up once.
  select
    m.id,
    m.code,
    m.difficulty,
    t.runs,
    r.verified_mean,
    row_number() over (
      partition by m.difficulty order by t.runs desc nulls last, r.verified_mean desc nulls last, m.id
    ) as place
  from core.maps as m
  left join completions.totals as t on t.map_id = m.id
  left join maps.rating_totals as r on r.map_id = m.id
  where m.official and not m.archived and not m.hidden and m.code is not null
),
ranked as (
  select
    b.code,
    coalesce(b.runs, 0)::bigint as completions,
    round(coalesce(b.verified_mean, 0)::numeric, 2)::float8 as quality,
    k.position,
    k.difficulty,
    row_number() over (
      partition by k.position order by b.runs desc nulls last, b.verified_mean desc nulls last, b.id
    ) as ranking
  from best as b
  join ranks.skill_ranks as k on k.difficulty = maps.top_difficulty(b.difficulty)
  where b.place <= 5
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
