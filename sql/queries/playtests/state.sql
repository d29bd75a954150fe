-- Return where the playtest of a thread stands, for its messages in Discord; nothing when there is none.
-- returns: maybe
-- type: difficulty = Difficulty
select
  p.id,
  coalesce(p.completed, false) as completed,
  p.verification_id,
  p.enough_votes_message_id,
  p.finalize_allowed,
  m.code,
  m.difficulty,
  (select count(*) from playtests.votes as v where v.playtest_thread_id = p.thread_id) as vote_count,
  array(
    select c.user_id from maps.creators as c where c.map_id = m.id order by c.is_primary desc nulls last, c.user_id
  ) as creator_ids
from playtests.meta as p
join core.maps as m on m.id = p.map_id
where p.thread_id = :thread_id
