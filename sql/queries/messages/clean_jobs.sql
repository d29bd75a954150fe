-- Forget some jobs that ended before a time.
-- returns: count
-- writes: public.jobs
delete from public.jobs
where id = any(array(
  select j.id
  from public.jobs as j
  where j.status in ('succeeded', 'failed', 'timeout')
    and j.created_at < :before
  order by j.created_at
  limit :n
))
