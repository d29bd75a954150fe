-- Keep a player's vote in an open playtest, the last one counts; returns 0 when there is no such open playtest.
-- returns: count
-- writes: playtests.votes
with open as (
  select p.map_id, p.thread_id
  from playtests.meta as p
  where p.thread_id = :thread_id and not coalesce(p.completed, false)
  -- Voters do not wait for each other, but a verdict waits for all of them and sees every vote.
  for share
)
insert into playtests.votes (user_id, map_id, playtest_thread_id, difficulty)
select :user_id, o.map_id, :thread_id, :difficulty
from open as o
on conflict (user_id, map_id, playtest_thread_id) do update
set difficulty = excluded.difficulty
