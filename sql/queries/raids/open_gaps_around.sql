-- Have the neighbours of instances looked through that lie so far behind the newest one, unless they are to be already.
-- returns: none
-- writes: crawl.gaps
-- scan: every range that waits is left out
insert into crawl.gaps (first_id, last_id, next_id)
select lower(r.ids), upper(r.ids) - 1, lower(r.ids)
from unnest(
    (
      select range_agg(int8range(greatest(1, f.instance_id - :around), f.instance_id + :around, '[]'))
      from unnest(:instance_ids::bigint[]) as f (instance_id)
      where f.instance_id < (
          select max(i.instance_id)
          from core.instance as i
          where i.instance_id < 100000000000
        ) - :behind
    ) - coalesce(
      (select range_agg(int8range(g.first_id, g.last_id, '[]')) from crawl.gaps as g),
      '{}'
    )
  ) as r (ids)
on conflict (first_id) do update
set last_id = greatest(gaps.last_id, excluded.last_id)
