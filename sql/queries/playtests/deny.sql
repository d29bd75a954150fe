-- Reject and hide a playtest's map and close the playtest.
-- returns: none
-- writes: playtests.meta, core.maps
with closed as (
  update playtests.meta
  set completed = true
  where id = :playtest_id
  returning map_id
)
update core.maps as m
set playtesting = 'Rejected', hidden = true
from closed as c
where m.id = c.map_id
