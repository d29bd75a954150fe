-- List the dead letters that match, newest first.
-- returns: many
select d.id as "id!", d.message_id, d.queue as "queue!", d.state as "state!", d.error as "error!",
  d.detail as "detail!", d.place, d.attempts as "attempts!", d.died_at as "died_at!", d.order_key
from messages.matching(:filter) as d
order by d.id desc
limit :n
