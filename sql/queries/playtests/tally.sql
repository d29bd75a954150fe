-- Count the votes of a thread by difficulty; as long as there are none, the first difficulty counts as one.
-- returns: many
-- type: difficulty = Difficulty
select core.difficulty_label(v.difficulty) as "difficulty!", count(*) as amount
from playtests.votes as v
where v.playtest_thread_id = :thread_id
group by 1
union all
select core.difficulty_label(p.initial_difficulty), 1
from playtests.meta as p
where p.thread_id = :thread_id
  and not exists(select from playtests.votes as v where v.playtest_thread_id = p.thread_id)
