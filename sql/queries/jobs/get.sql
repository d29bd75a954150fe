-- Return where a job stands; nothing when there is no such job.
-- returns: maybe
-- row: JobStatusResponse
select j.id, j.status, j.error_code, j.error_msg
from public.jobs as j
where j.id = :job_id
