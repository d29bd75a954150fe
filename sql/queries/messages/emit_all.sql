-- Put messages into the outbox, in their order; tell how many. An empty order key is none.
-- returns: value
-- null: trace, causation
-- writes: messages.outbox
select count(s.message_id)
from unnest(:queues::text[], :bodies::jsonb[], :order_keys::text[], :versions::integer[])
  with ordinality as m (queue, body, order_key, version, place)
cross join lateral messages.send(
  m.queue, m.body, nullif(m.order_key, ''), null, :trace, :causation, m.version, null, false
) as s
