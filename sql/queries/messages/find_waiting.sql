-- Tell which messages must wait because an earlier one of their order key was put back and is not applied yet.
-- returns: many
select m.message_id as "message_id!"
from unnest(:ids::uuid[], :order_keys::text[], :positions::bigint[]) as m (message_id, order_key, position)
where exists (
  select
  from messages.outbox as e
  where e.queue = :queue
    and e.order_key = m.order_key
    and e.position < m.position
    and e.returned
    and e.message_id <> all(:ids::uuid[])
    and not exists (
      select from messages.inbox as i where i.consumer = :queue and i.message_id = e.message_id
    )
)
