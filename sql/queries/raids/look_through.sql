-- Note that a range is looked through up to an id; a range that is looked through is forgotten.
-- returns: none
-- writes: crawl.gaps
with done as (
  delete from crawl.gaps as g
  where g.first_id = :first_id
    and g.last_id < :next_id
)
update crawl.gaps as g
set next_id = :next_id
where g.first_id = :first_id
  and g.last_id >= :next_id
