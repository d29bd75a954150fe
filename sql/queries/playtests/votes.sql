-- Return the votes of a thread in the order they were first cast, each with the average of all, two decimals kept.
-- returns: many
select
  v.user_id,
  n.name,
  v.difficulty::float8 as difficulty,
  round(avg(v.difficulty) over (), 2)::float8 as average
from playtests.votes as v
join users.names as n on n.user_id = v.user_id
where v.playtest_thread_id = :thread_id
order by v.id
