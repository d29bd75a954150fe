-- Link a map to another one, or to none any more; the other one follows by itself.
-- returns: none
-- writes: core.maps
-- null: linked_code
update core.maps
set linked_code = :linked_code
where id = :map_id
