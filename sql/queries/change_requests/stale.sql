-- List open requests of more than two weeks whose creators were not reminded yet, oldest first.
-- returns: many
-- row: StaleChangeRequestResponse
select r.thread_id, r.user_id, r.creator_mentions
from public.change_requests as r
where r.resolved is not true and r.alerted is not true and r.created_at < now() - interval '2 weeks'
order by r.created_at, r.thread_id
limit 100
