-- Approve a playtest's map with a difficulty and close the playtest; returns the label of the difficulty.
-- returns: value
-- type: difficulty = Difficulty
-- writes: playtests.meta, core.maps
with closed as (
  update playtests.meta
  set completed = true
  where id = :playtest_id
  returning map_id
)
update core.maps as m
set playtesting = 'Approved', raw_difficulty = :raw_difficulty
from closed as c
where m.id = c.map_id
returning m.difficulty
