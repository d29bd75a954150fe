-- Bring maps back from the archive.
-- returns: none
-- writes: core.maps
update core.maps
set archived = false
where id = any(:map_ids::integer[])
