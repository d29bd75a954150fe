-- Tell the first ``n`` ranges of ids that are missing, and how many ranges there are: what waits for another try, and
-- what is left to look through.
-- returns: many
-- scan: everything that is missing is told
select lower(r.ids) as "first_id!", upper(r.ids) - 1 as "last_id!", count(*) over () as ranges
from (
  select unnest(range_agg(m.ids)) as ids
  from (
    select int8range(w.instance_id, w.instance_id, '[]') as ids
    from crawl.missed as w
    where w.state = 'missed'
    union all
    select int8range(g.next_id, g.last_id, '[]')
    from crawl.gaps as g
  ) as m
) as r
order by r.ids
limit :n
