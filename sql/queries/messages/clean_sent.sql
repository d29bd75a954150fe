-- Forget some messages that were sent before a time.
-- returns: count
-- writes: messages.sent
delete from messages.sent
where ctid = any(array(
  select s.ctid
  from messages.sent as s
  where s.sent_at < :before
  order by s.sent_at
  limit :n
))
