-- Count what became of the dead letters that an action replayed: applied since, dead again, or neither yet.
-- returns: one
select
  count(*) filter (
    where exists (select from messages.inbox as i where i.consumer = d.queue and i.message_id = d.message_id)
  ) as "applied!",
  count(*) filter (
    where exists (select from messages.dead_letters as again where again.replay_of = d.id)
  ) as "dead_again!",
  count(*) as "replayed!"
from messages.dead_letters as d
where d.action_id = :action_id
  and d.state = 'replayed'
