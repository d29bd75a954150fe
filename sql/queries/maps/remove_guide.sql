-- Remove a user's guide to a map; returns 0 when there is none.
-- returns: count
-- writes: maps.guides
delete from maps.guides
where map_id = :map_id and user_id = :user_id
