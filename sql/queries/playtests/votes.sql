-- Count the votes of a thread by difficulty.
-- returns: many
select v.difficulty::float8 as difficulty, count(*) as amount
from playtests.votes as v
where v.playtest_thread_id = :thread_id
group by v.difficulty
order by v.difficulty
