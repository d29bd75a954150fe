-- Count the dead letters that nobody has replayed or discarded yet, by queue and error.
-- returns: many
select
  queue,
  error,
  count(*) as messages,
  min(died_at) as oldest
from messages.dead_letters
where state = 'dead'
group by queue, error
order by queue, error
