-- List the dead letters that match, newest first; state and queue are also apart from the filter, for an index.
-- returns: many
select d.id, d.message_id, d.queue, d.state, d.error, d.detail, d.place, d.attempts, d.died_at, d.order_key
from messages.dead_letters as d
where messages.matches(d, :filter)
  /*[ and d.state = :state ]*/
  /*[ and d.queue = :queue ]*/
order by d.id desc
limit :n
