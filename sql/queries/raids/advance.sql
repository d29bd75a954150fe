-- Remember the id to go on from.
-- returns: none
-- writes: crawl.position
insert into crawl.position (next_id)
values (:next_id)
on conflict (only_one) do update
set next_id = excluded.next_id, updated_at = now()
