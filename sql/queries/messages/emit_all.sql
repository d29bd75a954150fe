-- Put messages into the outbox, in their order, and rows into public.jobs that follow those that want a job.
-- An empty order key is none.
-- returns: scalar
-- null: trace, causation
-- writes: messages.outbox, public.jobs
with given as not materialized (
  select m.*
  from unnest(
    :message_ids::uuid[],
    :queues::text[],
    :bodies::jsonb[],
    :order_keys::text[],
    :versions::integer[],
    :job_ids::uuid[],
    :want_jobs::boolean[]
  ) with ordinality as m (message_id, queue, body, order_key, version, job_id, wants_job, place)
),
sent as (
  insert into messages.outbox (message_id, queue, version, body, order_key, job_id, trace, causation)
  select
    g.message_id,
    g.queue,
    g.version,
    g.body,
    nullif(g.order_key, ''),
    case when g.wants_job then g.job_id end,
    :trace,
    :causation
  from given as g
  order by g.place
),
followed as (
  insert into public.jobs (id, action) select g.job_id, g.queue from given as g where g.wants_job
)
select messages.wake()
