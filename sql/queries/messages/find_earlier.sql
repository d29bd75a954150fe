-- Tell whether an earlier message of an order key is still on its way in one of several queues.
-- returns: value
select exists (
  select
  from unnest(:queues::text[]) as q (queue)
  cross join lateral (
    select o.message_id
    from messages.outbox as o
    where o.queue = q.queue and o.order_key = :order_key and o.position < :position
    union all
    -- One that was sent long ago and left no trace is lost with its broker: nobody waits for it.
    select s.message_id
    from messages.sent as s
    where
      s.queue = q.queue
      and s.order_key = :order_key
      and s.position < :position
      and s.sent_at > now() - interval '10 minutes'
  ) as e
  where not messages.is_over(q.queue, e.message_id)
) as found
