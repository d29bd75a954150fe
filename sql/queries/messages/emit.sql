-- Put a message into the outbox; with a job, also a row in public.jobs that follows it.
-- returns: one
-- null: order_key, run_at, trace, causation, key
-- writes: messages.outbox, public.jobs
select s.message_id as "message_id!", s.job_id
from messages.send(
  :queue, :body, :order_key, :run_at, :trace, :causation, :version, :key, :job
) as s
