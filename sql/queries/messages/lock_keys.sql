-- Reserve the order keys of the messages that are due first; another relay's keys are left out.
-- returns: many
-- writes: messages.outbox
with due as materialized (
  select o.queue, o.order_key
  from messages.outbox as o
  where o.run_at <= now()
  order by o.run_at, o.position
  limit :n
), keys as materialized (
  select distinct queue, order_key
  from due
  where order_key is not null
)
select k.queue as queue, k.order_key as order_key
from keys as k
where pg_try_advisory_xact_lock(hashtextextended(k.queue || ' ' || k.order_key, 0))
