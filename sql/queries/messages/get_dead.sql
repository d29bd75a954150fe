-- Return everything about a dead letter.
-- returns: maybe
select
  d.id, d.message_id, d.queue, d.version, d.body, d.raw, d.order_key, d.position, d.job_id, d.trace, d.causation,
  d.replay_of, d.created_at, d.state, d.error, d.detail, d.place, d.stack, d.attempts, d.first_failed_at,
  d.died_at, d.resolved_at, d.action_id,
  exists (
    select from messages.inbox as i where i.consumer = d.queue and i.message_id = d.message_id
  ) as applied
from messages.dead_letters as d
where d.id = :id
