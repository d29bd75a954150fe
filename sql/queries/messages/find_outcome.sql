-- Tell what became of a replayed dead letter: applied since, dead again, or neither yet.
-- returns: maybe
select
  exists (
    select from messages.inbox as i where i.consumer = d.queue and i.message_id = d.message_id
  ) as applied,
  exists (select from messages.dead_letters as again where again.replay_of = d.id) as dead_again
from messages.dead_letters as d
where d.id = :id
