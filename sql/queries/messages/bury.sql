-- Give a message up: write its dead letter, note the failure and fail its job.
-- returns: none
-- writes: messages.dead_letters, messages.failures, public.jobs
with noted as (
  insert into messages.failures (message_id, queue, attempt, counted, error, detail, place, stack)
  select :message_id, :queue, :attempts, true, :error, :detail, :place, :stack
  where :message_id::uuid is not null
), job as (
  update public.jobs
  set status = 'failed',
      error_code = :error,
      error_msg = left(:detail, 300),
      attempts = attempts + case when status = 'processing' then 0 else 1 end,
      started_at = coalesce(started_at, now()),
      finished_at = now()
  where id = :job_id
    and status <> 'succeeded'
)
insert into messages.dead_letters (
  message_id, queue, version, body, raw, order_key, position, job_id, trace, causation, replay_of, created_at,
  state, error, detail, place, stack, attempts, first_failed_at
)
select
  :message_id, :queue, :version, :body::text::jsonb, :raw, :order_key, :position, :job_id, :trace, :causation,
  (select d.id from messages.dead_letters as d where d.id = :replay_of), :created_at,
  case
    when exists (select from messages.inbox as i where i.consumer = :queue and i.message_id = :message_id)
      then 'applied'::messages.dead_letter_state
    else 'dead'
  end,
  :error, :detail, :place, :stack, :attempts,
  coalesce(
    (select min(f.failed_at) from messages.failures as f where f.message_id = :message_id), clock_timestamp()
  )
where not :again::boolean
  or :message_id is not null
  or not exists (
    select
    from messages.dead_letters as d
    where d.message_id is null
      and d.queue = :queue
      and d.raw is not distinct from :raw
      and d.state = 'dead'
  )
on conflict (queue, message_id) where state = 'dead' do nothing
