-- List the newsfeed, newest first, with the number of all matching entries on every row.
-- returns: many
-- scan: the number of all entries is part of the answer
select
  n.id,
  n.timestamp,
  n.payload,
  n.event_type,
  (select count(*) from public.newsfeed as a where true /*[ and a.event_type = :event_type ]*/) as total_results
from public.newsfeed as n
where true
  /*[ and n.event_type = :event_type ]*/
order by n.id desc
limit :size offset :skip
