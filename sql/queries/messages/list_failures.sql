-- List the failed tries of a message, first to last.
-- returns: many
select f.attempt, f.counted, f.failed_at, f.error, f.detail, f.place
from messages.failures as f
where f.message_id = :message_id
order by f.id
