-- Put a message that failed back into the outbox, due after some seconds; note the failure and queue its job.
-- returns: none
-- writes: messages.outbox, messages.failures, public.jobs
with noted as (
  insert into messages.failures (message_id, queue, attempt, counted, error, detail, place, stack)
  values (:message_id, :queue, :attempt, :counted, :error, :detail, :place, :stack)
), job as (
  update public.jobs
  set status = 'queued',
      error_code = :error,
      error_msg = left(:detail, 300),
      attempts = attempts + case when status = 'processing' then 0 else 1 end
  where id = :job_id
    and status <> 'succeeded'
)
insert into messages.outbox (
  message_id, position, queue, version, body, order_key, job_id, attempts, returned, run_at, created_at,
  trace, causation, replay_of
)
values (
  :message_id, :position, :queue, :version, :body::text::jsonb, :order_key, :job_id,
  :attempt - 1 + :counted::boolean::integer, true, clock_timestamp() + :after * interval '1 second',
  :created_at, :trace, :causation, :replay_of
)
on conflict (message_id) do update
set attempts = greatest(outbox.attempts, excluded.attempts),
    run_at = excluded.run_at,
    returned = true
