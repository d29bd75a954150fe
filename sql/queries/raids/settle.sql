-- Forget ids that are resolved; of those that Bungie hid it is remembered when it showed them.
-- returns: none
-- writes: crawl.missed, crawl.shown
with resolved as (
  delete from crawl.missed as m
  where m.instance_id = any(:instance_ids::bigint[])
  returning m.instance_id, m.state
)
insert into crawl.shown (instance_id)
select r.instance_id
from resolved as r
where r.state = 'blocked'
order by r.instance_id
on conflict (instance_id) do nothing
