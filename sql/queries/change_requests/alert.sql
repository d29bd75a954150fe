-- Note that the creators were reminded of a request.
-- returns: none
-- writes: public.change_requests
update public.change_requests
set alerted = true
where thread_id = :thread_id
