-- Count the dead letters that nobody has replayed or discarded yet, by queue.
-- returns: many
select
  queue,
  count(*) as messages,
  min(died_at) as oldest
from messages.dead_letters
where state = 'dead'
group by queue
order by queue
