-- Give a playtest that has no other thread its thread and let the map be seen; returns 1 when that was done.
-- returns: count
-- writes: playtests.meta, core.maps
with associated as (
  update playtests.meta
  set thread_id = :thread_id
  where id = :playtest_id and (thread_id is null or thread_id = :thread_id)
  returning map_id
)
update core.maps as m
set hidden = false
from associated as a
where m.id = a.map_id
