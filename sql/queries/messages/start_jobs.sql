-- Note that the handling of jobs began.
-- returns: none
-- writes: public.jobs
update public.jobs
set status = 'processing',
    attempts = attempts + 1,
    started_at = coalesce(started_at, now())
where id = any(:ids::uuid[])
  and status <> 'succeeded'
