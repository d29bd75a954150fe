-- Move published messages from the outbox to what was sent.
-- returns: none
-- writes: messages.outbox, messages.sent
with gone as (
  delete from messages.outbox
  where message_id = any(:ids::uuid[])
  returning *
)
insert into messages.sent (
  message_id, position, queue, version, body, order_key, job_id, attempts, created_at, trace, causation,
  replay_of, returned
)
select
  message_id, position, queue, version, body, order_key, job_id, attempts, created_at, trace, causation,
  replay_of, returned
from gone
