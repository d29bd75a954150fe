-- Return one entry of the newsfeed; nothing when there is none.
-- returns: maybe
select n.id, n.timestamp, n.payload, n.event_type, null::bigint as total_results
from public.newsfeed as n
where n.id = :newsfeed_id
