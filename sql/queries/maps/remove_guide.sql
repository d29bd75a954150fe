-- Remove a user's guide to a map; returns 0 when there is none.
-- returns: count
-- writes: maps.guides
delete from maps.guides as g
using core.maps as m
where m.id = g.map_id and m.code = :code and g.user_id = :user_id
