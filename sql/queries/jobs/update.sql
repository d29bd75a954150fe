-- Record a job's progress; the start is kept once, success clears the error.
-- returns: count
-- writes: public.jobs
update public.jobs
set
  status = :status::public.job_status,
  started_at = coalesce(started_at, now()),
  finished_at = case when :status::public.job_status in ('succeeded', 'failed', 'timeout') then now() end,
  error_code = case when :status::public.job_status in ('failed', 'timeout') then :error_code end,
  error_msg = case when :status::public.job_status in ('failed', 'timeout') then :error_msg end
where id = :job_id
