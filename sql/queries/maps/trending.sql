-- List the maps that people looked at, finished and praised most in the last 14 days.
-- A visitor counts 0.2, a verified run that is not legacy 1, an upvote 1.5, the mean of verified ratings 0.75.
-- returns: many
-- row: TrendingMapResponse
-- scan: the clicks, runs and upvotes of two weeks are found through indexes on their times
with active as (
  select
    a.map_id,
    sum(a.clicks) as clicks,
    sum(a.runs) as runs,
    sum(a.upvotes) as upvotes
  from (
    select d.map_id, count(*)::integer as clicks, 0 as runs, 0 as upvotes
    from maps.clicks as d
    where d.inserted_at >= now() - interval '14 days' and not d.superseded
    group by d.map_id
    union all
    select c.map_id, 0, count(*)::integer, 0
    from core.completions as c
    where c.inserted_at >= now() - interval '14 days' and c.verified and not coalesce(c.legacy, false)
    group by c.map_id
    union all
    select c.map_id, 0, 0, count(*)::integer
    from completions.upvotes as u
    join core.completions as c on c.message_id = u.message_id
    where u.inserted_at >= now() - interval '14 days'
    group by c.map_id
  ) as a
  group by a.map_id
)
select
  m.code,
  m.map_name,
  a.clicks,
  a.runs as completions,
  a.upvotes,
  -- The contract's, always 0.
  0::float8 as momentum,
  (2 * a.clicks + 10 * a.runs + 15 * a.upvotes)::float8 / 10 + 0.75::float8 * coalesce(r.verified_mean, 0) as trend_score
from active as a
join core.maps as m on m.id = a.map_id
-- Kept a subquery: of nearly all maps the ratings are read at once rather than looked up.
left join (select t.map_id, t.verified_mean from maps.rating_totals as t offset 0) as r on r.map_id = m.id
where m.code is not null and not m.hidden and not m.archived
order by trend_score desc, m.code
limit :size
