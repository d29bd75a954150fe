-- Lock the next dead letters that match, by number; those that somebody else has in hand are left out.
-- returns: many
-- writes: messages.dead_letters
select d.id, d.queue, d.body, d.raw
from messages.dead_letters as d
where d.state = 'dead'
  and d.id > :after
  and messages.matches(d, :filter)
order by d.id
limit :n
for update of d skip locked
