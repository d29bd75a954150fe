-- Tell whether the crawler works, how far it is, what waits, and what becomes of hidden reports.
-- How far it is behind is the median of the newest hundred reports that were stored in the last five minutes; the
-- moment of catching up follows from how that changes, and is not told where it is reached or ever farther away.
-- returns: one
-- scan: what waits is counted, and nearly all that is kept waits
select
  case
    when p.updated_at > now() - interval '1 minute' then 'Crawling'
    when p.closed_at > now() - interval '90 seconds' then 'Idle'
    else 'Offline'
  end as state,
  p.next_id::text as next_id,
  p.updated_at,
  n.instance_id::text as latest_instance_id,
  n.date_completed as latest_completed_at,
  l.median_seconds_behind,
  case
    when l.median_seconds_behind > 60 and l.change <= 0
      then now() + ((l.median_seconds_behind - 30) / (1 - l.change) + 60) * interval '1 second'
  end as estimated_catch_up_at,
  (select count(*) from crawl.missed as m where m.state = 'missed') as missed,
  (select count(*) from crawl.missed as m where m.state = 'lost') as lost,
  (select coalesce(sum(g.last_id - g.next_id + 1), 0)::bigint from crawl.gaps as g) as jumped_over,
  jsonb_build_object(
    'state', case
      when b.waiting = 0 and s.recently = 0 then 'Empty'
      when s.recently = 0 then 'Blocked'
      when b.waiting > s.recently / 5.0 then 'Crawling'
      else 'Live'
    end,
    'waiting', b.waiting,
    'hidden_since', b.hidden_since,
    'shown_per_minute', s.recently / 5.0,
    'latest_instance_id', s.latest_id::text,
    'latest_shown_at', s.latest_at
  ) as floodgates
from (values (1)) as one (row)
left join crawl.position as p on true
left join lateral (
  select i.instance_id, i.date_completed
  from core.instance as i
  where i.instance_id < 100000000000
  order by i.instance_id desc
  limit 1
) as n on true
cross join lateral (
  select
    percentile_cont(0.5) within group (order by t.lag) as median_seconds_behind,
    regr_slope(t.lag, t.at) as change
  from (
    select
      greatest(extract(epoch from r.date_crawled - i.date_completed), 0)::float8 as lag,
      extract(epoch from r.date_crawled)::float8 as at
    from (
      select i.instance_id, i.date_completed
      from core.instance as i
      where i.instance_id < 100000000000
      order by i.instance_id desc
      limit 100
    ) as i
    join raw.pgcr as r on r.instance_id = i.instance_id
    where r.date_crawled > now() - interval '5 minutes'
  ) as t
) as l
cross join lateral (
  select count(*) as waiting, min(m.found_at) as hidden_since
  from crawl.missed as m
  where m.state = 'blocked'
) as b
cross join lateral (
  select
    (select count(*) from crawl.shown as s where s.shown_at > now() - interval '5 minutes') as recently,
    (select s.instance_id from crawl.shown as s order by s.shown_at desc, s.instance_id desc limit 1) as latest_id,
    (select max(s.shown_at) from crawl.shown as s) as latest_at
) as s
