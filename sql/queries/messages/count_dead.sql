-- Count the dead letters that match, by queue and error, and what a replay of them would meet.
-- returns: many
-- scan: any mark of a dead letter may be asked for, and dead letters are few
select
  d.queue,
  d.error,
  count(*) as n,
  count(*) filter (where d.body is null) as undecodable,
  count(*) filter (
    where exists (select from messages.inbox as i where i.consumer = d.queue and i.message_id = d.message_id)
  ) as applied,
  count(*) filter (
    where d.order_key is not null and exists (
      select
      from messages.sent as s
      where s.queue = d.queue and s.order_key = d.order_key and s.position > d.position
    )
  ) as superseded,
  min(d.died_at) as "oldest!",
  max(d.died_at) as "newest!"
from messages.matching(:filter) as d
group by d.queue, d.error
order by d.queue, d.error
