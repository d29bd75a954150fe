-- Close a request; returns 0 when it is closed already or there is none.
-- returns: count
-- writes: public.change_requests
update public.change_requests
set resolved = true
where thread_id = :thread_id and resolved is distinct from true
