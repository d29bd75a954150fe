-- Forget some failed tries of before a time, unless their message is a dead letter that is still open.
-- returns: count
-- writes: messages.failures
delete from messages.failures
where id = any(array(
  select f.id
  from messages.failures as f
  where f.failed_at < :before
    and not exists (
      select
      from messages.dead_letters as d
      where d.queue = f.queue and d.message_id = f.message_id and d.state = 'dead'
    )
  order by f.failed_at
  limit :n
))
