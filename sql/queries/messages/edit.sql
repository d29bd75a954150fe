-- Send dead letters with other bodies: new messages, each of which names its dead letter. An empty order key is none.
-- returns: many
-- writes: messages.dead_letters, messages.outbox, messages.dead_letter_actions, public.jobs
with chosen as (
  update messages.dead_letters as d
  set state = 'replayed',
      resolved_at = now(),
      action_id = :action_id
  from unnest(:ids::bigint[], :versions::integer[], :bodies::jsonb[], :order_keys::text[])
    as e (id, version, body, order_key)
  where d.id = e.id
    and d.state = 'dead'
  returning d.id, d.message_id, d.queue, d.position, d.job_id, d.trace, e.version, e.body, e.order_key
), counted as (
  update messages.dead_letter_actions as a
  set n = a.n + (select count(*) from chosen)
  where a.id = :action_id
), jobs as (
  update public.jobs as j
  set status = 'queued', queued_at = now(), error_code = null, error_msg = null, finished_at = null
  from chosen as c
  where j.id = c.job_id
), moved as (
  insert into messages.outbox (
    queue, version, body, position, order_key, job_id, returned, trace, causation, replay_of
  )
  select
    c.queue, c.version, c.body, coalesce(c.position, 0), nullif(c.order_key, ''), c.job_id, true, c.trace,
    c.message_id, c.id
  from chosen as c
  order by c.position, c.id
  returning message_id, replay_of
)
select m.replay_of as id, m.message_id as message_id
from moved as m
order by m.replay_of
