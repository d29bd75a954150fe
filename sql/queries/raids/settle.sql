-- Forget ids that are resolved.
-- returns: none
-- writes: crawl.missed
delete from crawl.missed as m
where m.instance_id = any(:instance_ids::bigint[])
