-- Take all votes out of a playtest, and forget what followed from their number.
-- returns: none
-- writes: playtests.votes, playtests.meta
with cleared as (
  delete from playtests.votes where playtest_thread_id = :thread_id
)
update playtests.meta
set enough_votes_message_id = null, finalize_allowed = false
where thread_id = :thread_id
