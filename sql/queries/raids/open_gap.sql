-- Note a range that is jumped over.
-- returns: none
-- writes: crawl.gaps
insert into crawl.gaps (first_id, last_id, next_id)
values (:first_id, :last_id, :first_id)
on conflict (first_id) do update
set last_id = greatest(gaps.last_id, excluded.last_id)
