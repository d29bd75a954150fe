-- Tell whether the crawler wrote anything in the last minute, how far it is, and what waits.
-- returns: one
-- scan: what waits is counted, and nearly all that is kept waits
select
  case
    when (select p.updated_at > now() - interval '1 minute' from crawl.position as p) then 'Crawling'
    else 'Offline'
  end as state,
  (select p.next_id::text from crawl.position as p) as next_id,
  (select p.updated_at from crawl.position as p) as updated_at,
  n.instance_id::text as latest_instance_id,
  n.date_completed as latest_completed_at,
  extract(epoch from now() - n.date_completed)::float8 as seconds_behind,
  (select count(*) from crawl.missed as m where m.state = 'missed') as missed,
  (select count(*) from crawl.missed as m where m.state = 'blocked') as blocked
from (values (1)) as one (row)
left join lateral (
  select i.instance_id, i.date_completed
  from core.instance as i
  where i.instance_id < 100000000000
  order by i.instance_id desc
  limit 1
) as n on true
