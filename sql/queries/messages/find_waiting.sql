-- Tell which messages must wait because an earlier one of their order key comes first and is not over yet.
-- It may be in the outbox, such as one that was refused while this one was not, or be on its way through RabbitMQ.
-- Of those on their way the one just before is looked at, for it was applied only once those before it were over,
-- and those that were put back, for a dead letter may live again. One that is lost with its broker holds nobody up
-- for longer than an hour.
-- returns: many
select m.message_id as "message_id!"
from unnest(:ids::uuid[], :order_keys::text[], :positions::bigint[]) as m (message_id, order_key, position)
where exists (
  select
  from (
    select o.message_id
    from messages.outbox as o
    where o.queue = :queue and o.order_key = m.order_key and o.position < m.position
    union all
    select s.message_id
    from messages.sent as s
    where
      s.queue = :queue
      and s.order_key = m.order_key
      and s.position < m.position
      and s.returned
      and s.sent_at > now() - interval '1 hour'
    union all
    select before.message_id
    from (
      select s.message_id, s.sent_at
      from messages.sent as s
      where s.queue = :queue and s.order_key = m.order_key and s.position < m.position
      order by s.position desc, s.sent_at desc
      limit 1
    ) as before
    where before.sent_at > now() - interval '1 hour'
  ) as e
  where e.message_id <> all(:ids::uuid[]) and not messages.is_over(:queue, e.message_id)
)
