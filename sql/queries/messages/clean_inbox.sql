-- Forget some applied messages of before a time.
-- returns: count
-- writes: messages.inbox
delete from messages.inbox
where (consumer, message_id) in (
  select i.consumer, i.message_id
  from messages.inbox as i
  where i.applied_at < :before
  order by i.applied_at
  limit :n
)
