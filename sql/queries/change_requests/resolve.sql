-- Close a request.
-- returns: none
-- writes: public.change_requests
update public.change_requests
set resolved = true
where thread_id = :thread_id
