-- List the maps that people looked at, finished and praised most in the last 14 days.
-- A visitor counts 0.2, a verified run that is not legacy 1, an upvote 1.5, the mean of verified ratings 0.75.
-- returns: many
-- row: TrendingMapResponse
-- scan: the clicks, runs and upvotes of two weeks are found through indexes on their times
select
  m.code,
  m.map_name,
  coalesce(k.amount, 0) as clicks,
  coalesce(c.amount, 0) as completions,
  coalesce(u.amount, 0) as upvotes,
  -- The contract's, always 0.
  0::float8 as momentum,
  (2 * coalesce(k.amount, 0) + 10 * coalesce(c.amount, 0) + 15 * coalesce(u.amount, 0))::float8 / 10
  + 0.75::float8 * coalesce(r.verified_mean, 0) as trend_score
from core.maps as m
-- Kept subqueries: of nearly all maps these are read at once rather than looked up.
left join (select t.map_id, t.verified_mean from maps.rating_totals as t offset 0) as r on r.map_id = m.id
left join (
  select d.map_id, count(*) as amount
  from maps.clicks as d
  where d.inserted_at >= now() - interval '14 days' and not d.superseded
  group by d.map_id
  offset 0
) as k on k.map_id = m.id
left join (
  select n.map_id, count(*) as amount
  from core.completions as n
  where n.inserted_at >= now() - interval '14 days' and n.verified and not coalesce(n.legacy, false)
  group by n.map_id
  offset 0
) as c on c.map_id = m.id
left join (
  select n.map_id, count(*) as amount
  from completions.upvotes as p
  join core.completions as n on n.message_id = p.message_id
  where p.inserted_at >= now() - interval '14 days'
  group by n.map_id
  offset 0
) as u on u.map_id = m.id
where m.code is not null and not m.hidden and not m.archived
  and (k.map_id is not null or c.map_id is not null or u.map_id is not null)
order by trend_score desc, m.code
limit :size
