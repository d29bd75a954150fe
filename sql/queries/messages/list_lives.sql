-- List the dead letters that are the same message, or came from it by replay, first to last.
-- returns: many
with recursive root as (
  select d.id, d.replay_of from messages.dead_letters as d where d.id = :id
  union
  select p.id, p.replay_of from messages.dead_letters as p join root as r on p.id = r.replay_of
), family as (
  select r.id from root as r
  union
  select c.id from messages.dead_letters as c join family as f on c.replay_of = f.id
)
select d.id, d.state, d.error, d.died_at, d.resolved_at, a.who, a.what
from messages.dead_letters as d
join family as f on f.id = d.id
left join messages.dead_letter_actions as a on a.id = d.action_id
order by d.id
