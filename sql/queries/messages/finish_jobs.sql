-- Note that jobs succeeded; started ones have counted their attempt already.
-- returns: none
-- writes: public.jobs
update public.jobs
set status = 'succeeded',
    attempts = attempts + case when status = 'processing' then 0 else 1 end,
    started_at = coalesce(started_at, now()),
    finished_at = now(),
    error_code = null,
    error_msg = null
where id = any(:ids::uuid[])
  and status <> 'succeeded'
