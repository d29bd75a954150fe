-- Tell where to crawl from: the remembered id; without one, from some ids before the newest stored instance.
-- returns: scalar
select coalesce(
    (select p.next_id from crawl.position as p),
    (select max(i.instance_id) from core.instance as i where i.instance_id < 100000000000) - :buffer::bigint
  ) as next_id
