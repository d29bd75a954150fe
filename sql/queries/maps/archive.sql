-- Archive maps; one that is tried is rejected, and its playtest ends. Returns the threads of those playtests.
-- returns: many
-- writes: core.maps, playtests.meta
with archived as (
  update core.maps
  set
    archived = true,
    playtesting = case when playtesting = 'In Progress' then 'Rejected' else playtesting end
  where id = any(:map_ids::integer[])
),
ended as (
  update playtests.meta
  set completed = true
  where map_id = any(:map_ids::integer[]) and not coalesce(completed, false)
  returning thread_id
)
select e.thread_id
from ended as e
where e.thread_id is not null
order by e.thread_id
