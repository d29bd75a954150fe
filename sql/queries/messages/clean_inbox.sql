-- Forget some applied messages of before a time.
-- returns: count
-- writes: messages.inbox
delete from messages.inbox
where ctid = any(array(
  select i.ctid
  from messages.inbox as i
  where i.applied_at < :before
  order by i.applied_at
  limit :n
))
