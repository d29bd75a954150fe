-- List the open requests to change a map, newest first.
-- returns: many
select
  r.thread_id,
  r.user_id,
  r.code,
  r.content,
  r.change_request_type,
  r.creator_mentions,
  coalesce(r.alerted, false) as alerted,
  coalesce(r.resolved, false) as resolved
from public.change_requests as r
where r.code = :code and r.resolved is not true
order by r.created_at desc, r.thread_id desc
limit 100
