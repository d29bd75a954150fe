-- Mark some jobs that were queued before a time and that nobody finished as timed out.
-- returns: count
-- writes: public.jobs
-- scan: the outbox holds what is not yet sent, never much
update public.jobs
set status = 'timeout',
    finished_at = now(),
    error_code = coalesce(error_code, 'timeout'),
    error_msg = coalesce(error_msg, 'Nobody finished this job in time.')
where id in (
  select j.id
  from public.jobs as j
  where j.status in ('queued', 'processing')
    and j.created_at < :before
    and j.queued_at < :before
    and not exists (select from messages.outbox as o where o.job_id = j.id)
  order by j.created_at
  limit :n
)
