-- Put a map back into playtest; returns the id of the new playtest.
-- returns: value
-- writes: core.maps, playtests.meta
with tried as (
  update core.maps
  set playtesting = 'In Progress'
  where id = :map_id
)
insert into playtests.meta (map_id, initial_difficulty)
values (:map_id, :initial_difficulty)
returning id
