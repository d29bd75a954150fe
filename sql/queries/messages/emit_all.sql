-- Put messages into the outbox, in their order, and rows into public.jobs that follow those that want a job.
-- An empty order key is none.
-- returns: scalar
-- null: trace, causation
-- writes: messages.outbox, public.jobs
select messages.send_all(
  :message_ids, :queues, :bodies, :order_keys, :versions, :job_ids, :want_jobs, :trace, :causation
)
