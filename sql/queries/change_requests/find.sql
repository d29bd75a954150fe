-- Return what the request of a thread is about and whether it is closed; nothing for other threads.
-- returns: maybe
select r.code, coalesce(r.resolved, false) as resolved
from public.change_requests as r
where r.thread_id = :thread_id
