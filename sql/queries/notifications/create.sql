-- Store notifications, and put messages into the outbox: those given, and behind them a delivery for each notification that
-- comes with one and that its receiver wants through any of the channels, by its own choice or else by default.
-- An empty order key is none; defaults are names with commas between.
-- returns: many
-- null: trace, causation
-- writes: notifications.events, messages.outbox, public.jobs
with told as materialized (
  select nextval('notifications.events_id_seq') as id, n.*
  from unnest(
    :user_ids::bigint[],
    :event_types::text[],
    :titles::text[],
    :bodies::text[],
    :metadata::jsonb[],
    :defaults::text[],
    :delivery_ids::uuid[],
    :deliveries::jsonb[],
    :delivery_keys::text[]
  ) with ordinality
    as n (user_id, event_type, title, body, metadata, defaults, delivery_id, delivery, delivery_key, place)
  order by n.place
),
stored as (
  insert into notifications.events (id, user_id, event_type, title, body, metadata)
  select t.id, t.user_id, t.event_type, t.title, t.body, nullif(t.metadata, 'null')
  from told as t
  returning id, created_at
),
delivered as materialized (
  select
    t.place,
    t.delivery_id as message_id,
    t.delivery_key as order_key,
    t.delivery || jsonb_build_object('event_id', t.id, 'channels_to_deliver', w.wanted) as body
  from told as t
  cross join lateral (
    select jsonb_agg(c.channel order by c.place) as wanted
    from unnest(:channels::text[]) with ordinality as c (channel, place)
    left join notifications.preferences as p
      on p.user_id = t.user_id and p.event_type = t.event_type and p.channel = c.channel
    where coalesce(p.enabled, c.channel = any(string_to_array(t.defaults, ',')))
  ) as w
  where t.delivery <> 'null' and w.wanted is not null
),
sent as materialized (
  select messages.send_all(
    :message_ids::uuid[] || d.message_ids,
    :queues::text[] || array_fill(:delivery_queue::text, d.size),
    :message_bodies::jsonb[] || d.bodies,
    :order_keys::text[] || d.order_keys,
    :versions::integer[] || array_fill(:delivery_version::integer, d.size),
    :job_ids::uuid[] || d.message_ids,
    :want_jobs::boolean[] || array_fill(false, d.size),
    :trace,
    :causation
  )
  from (
    select
      array[count(*)::integer] as size,
      array_agg(d.message_id order by d.place) as message_ids,
      array_agg(d.body order by d.place) as bodies,
      array_agg(d.order_key order by d.place) as order_keys
    from delivered as d
  ) as d
  where d.size[1] > 0 or :message_ids::uuid[] <> '{}'
)
select s.id, s.created_at
from stored as s
left join sent on true
order by s.id
