-- Remember that Bungie is in maintenance now.
-- returns: none
-- writes: crawl.position
insert into crawl.position (next_id, closed_at)
values (:next_id, now())
on conflict (only_one) do update
set closed_at = excluded.closed_at
