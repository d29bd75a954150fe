-- Send a dead letter with another body: a new message, which names the dead letter; returns the new id.
-- returns: scalar
-- writes: messages.dead_letters, messages.outbox, messages.dead_letter_actions, public.jobs
with chosen as (
  update messages.dead_letters
  set state = 'replayed',
      resolved_at = now(),
      action_id = :action_id
  where id = :id
    and state = 'dead'
  returning *
), counted as (
  update messages.dead_letter_actions as a
  set n = (select count(*) from chosen)
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
    c.queue, :version, :body, coalesce(c.position, 0), :order_key, c.job_id, true, c.trace, c.message_id, c.id
  from chosen as c
  returning message_id
)
select m.message_id as message_id
from moved as m
