-- Return who voted in a thread and the average of their votes; run after the playtest is locked, it misses no vote.
-- returns: one
select
  array_agg(v.user_id order by v.user_id) filter (where v.user_id is not null) as voter_ids,
  avg(v.difficulty) as average
from playtests.votes as v
where v.playtest_thread_id = :thread_id
