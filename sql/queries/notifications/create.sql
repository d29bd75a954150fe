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
outgoing as materialized (
  select *
  from unnest(
    :message_ids::uuid[],
    :queues::text[],
    :message_bodies::jsonb[],
    :order_keys::text[],
    :versions::integer[],
    :job_ids::uuid[],
    :want_jobs::boolean[]
  ) with ordinality as m (message_id, queue, body, order_key, version, job_id, wants_job, place)
  union all
  select
    t.delivery_id,
    :delivery_queue,
    t.delivery || jsonb_build_object('event_id', t.id, 'channels_to_deliver', w.wanted),
    t.delivery_key,
    :delivery_version,
    null,
    false,
    cardinality(:message_ids::uuid[]) + t.place
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
sent as (
  insert into messages.outbox (message_id, queue, version, body, order_key, job_id, trace, causation)
  select
    o.message_id,
    o.queue,
    o.version,
    o.body,
    nullif(o.order_key, ''),
    case when o.wants_job then o.job_id end,
    :trace,
    :causation
  from outgoing as o
  order by o.place
),
followed as (
  insert into public.jobs (id, action) select o.job_id, o.queue from outgoing as o where o.wants_job
),
woken as materialized (
  select messages.wake() where exists(select from outgoing)
)
select s.id, s.created_at
from stored as s
left join woken on true
order by s.id
