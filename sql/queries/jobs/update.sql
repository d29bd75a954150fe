-- Record a job's progress; the start is kept once, each start of processing counts, the error is replaced.
-- returns: count
-- writes: public.jobs
update public.jobs
set
  status = :status::public.job_status,
  attempts = attempts + case when :status::public.job_status = 'processing' and status <> 'processing' then 1 else 0 end,
  started_at = coalesce(started_at, now()),
  finished_at = case when :status::public.job_status in ('succeeded', 'failed', 'timeout') then now() end,
  error_code = :error_code,
  error_msg = :error_msg
where id = :job_id
