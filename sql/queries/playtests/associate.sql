-- Give a playtest its thread and let the map be seen; returns 1 when it was done, 0 for an unknown playtest.
-- returns: count
-- writes: playtests.meta, core.maps
with associated as (
  update playtests.meta
  set thread_id = :thread_id
  where id = :playtest_id
  returning map_id
)
update core.maps as m
set hidden = false
from associated as a
where m.id = a.map_id
