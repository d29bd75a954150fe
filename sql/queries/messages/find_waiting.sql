-- Tell which messages must wait because an earlier one of their order key was put back and is not applied yet.
-- It may be in the outbox, or on its way through RabbitMQ once more; one that is lost with its broker holds nobody
-- up for longer than an hour.
-- returns: many
select m.message_id as "message_id!"
from unnest(:ids::uuid[], :order_keys::text[], :positions::bigint[]) as m (message_id, order_key, position)
where exists (
  select
  from (
    select o.message_id
    from messages.outbox as o
    where o.queue = :queue and o.order_key = m.order_key and o.position < m.position and o.returned
    union all
    select s.message_id
    from messages.sent as s
    where
      s.queue = :queue
      and s.order_key = m.order_key
      and s.position < m.position
      and s.returned
      and s.sent_at > now() - interval '1 hour'
      and not exists (
        select
        from messages.dead_letters as d
        where d.queue = :queue and d.message_id = s.message_id and d.state <> 'replayed'
      )
  ) as e
  where
    e.message_id <> all(:ids::uuid[])
    and not exists (
      select from messages.inbox as i where i.consumer = :queue and i.message_id = e.message_id
    )
)
