-- Move the next dead letters that match into the outbox, oldest position first; those applied already are marked.
-- returns: many
-- scan: when many letters match, the messages already applied are looked up as one set
-- writes: messages.dead_letters, messages.outbox, messages.dead_letter_actions, public.jobs
with chosen as (
  select d.*,
    exists (
      select from messages.inbox as i where i.consumer = d.queue and i.message_id = d.message_id
    ) as is_applied
  from messages.dead_letters as d
  where d.state = 'dead'
    and messages.matches(d, :filter)
    and d.body is not null
  order by d.position, d.id
  limit :n
  for update of d skip locked
), moved as (
  insert into messages.outbox (
    message_id, position, queue, version, body, order_key, job_id, returned, trace, causation, replay_of
  )
  select
    c.message_id, c.position, c.queue, c.version, c.body, c.order_key, c.job_id, true, c.trace, c.causation, c.id
  from chosen as c
  where not c.is_applied
  on conflict (message_id) do nothing
), marked as (
  update messages.dead_letters as d
  set state = case when c.is_applied then 'applied' else 'replayed' end::messages.dead_letter_state,
      resolved_at = now(),
      action_id = :action_id
  from chosen as c
  where c.id = d.id
), counted as (
  update messages.dead_letter_actions as a
  set n = a.n + (select count(*) from chosen where not is_applied)
  where a.id = :action_id
), jobs as (
  update public.jobs as j
  set status = 'queued', queued_at = now(), error_code = null, error_msg = null, finished_at = null
  from chosen as c
  where j.id = c.job_id and not c.is_applied
)
select c.id, c.message_id as "message_id!", c.queue, c.is_applied as applied
from chosen as c
order by c.position, c.id
