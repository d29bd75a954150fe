-- Mark the next dead letters that match as discarded; nothing is deleted.
-- returns: count
-- writes: messages.dead_letters, messages.dead_letter_actions
with chosen as (
  select d.id
  from messages.dead_letters as d
  where d.state = 'dead'
    and messages.matches(d, :filter)
  order by d.position, d.id
  limit :n
  for update of d skip locked
), counted as (
  update messages.dead_letter_actions as a
  set n = a.n + (select count(*) from chosen)
  where a.id = :action_id
)
update messages.dead_letters as d
set state = 'discarded',
    resolved_at = now(),
    action_id = :action_id
from chosen as c
where c.id = d.id
