-- Claim due messages for publishing, in order; several relays never claim the same.
-- Of those with an order key only the reserved keys', and none before an earlier one that waits longer.
-- returns: many
-- writes: messages.outbox
select
  o.message_id,
  o.position,
  o.queue,
  o.version,
  convert_to(o.body::text, 'UTF8') as body,
  o.order_key,
  o.job_id,
  o.attempts,
  o.created_at,
  o.trace,
  o.causation,
  o.replay_of
from messages.outbox as o
where o.run_at <= now()
  and (
    o.order_key is null
    or (
      (o.queue, o.order_key) in (select * from unnest(:queues::text[], :order_keys::text[]))
      and not exists (
        select
        from messages.outbox as e
        where e.queue = o.queue
          and e.order_key = o.order_key
          and e.position < o.position
          and (e.run_at, e.position) > (o.run_at, o.position)
      )
    )
  )
order by o.run_at, o.position
limit :n
for update skip locked
