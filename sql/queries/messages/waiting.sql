-- Count the messages that are due and not yet published, and tell the age of the oldest in seconds.
-- returns: one
-- scan: what is in the outbox is what waits
select
  count(*) as messages,
  coalesce(extract(epoch from now() - min(run_at)), 0)::float8 as oldest_seconds
from messages.outbox
where run_at <= now()
