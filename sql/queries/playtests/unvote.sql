-- Take a player's vote out of an open playtest; returns how many there were.
-- returns: count
-- writes: playtests.votes
with open as (
  select p.thread_id
  from playtests.meta as p
  where p.thread_id = :thread_id and not coalesce(p.completed, false)
  for share
)
delete from playtests.votes as v
using open as o
where v.playtest_thread_id = o.thread_id and v.user_id = :user_id
