-- Count the dead letters that an action replayed and that died again.
-- returns: scalar
select count(*) as n
from messages.dead_letters as d
where d.action_id = :action_id
  and exists (select from messages.dead_letters as again where again.replay_of = d.id)
