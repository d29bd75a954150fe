-- Take a map's code away, so that another map can have it, and remember which it was.
-- returns: none
-- writes: core.maps, maps.edit_requests
with edits as (
  update maps.edit_requests
  set code = null
  where map_id = :map_id
)
update core.maps
set original_code = code, code = null
where id = :map_id
