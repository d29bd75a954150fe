-- Give a user's guide to a map another address; returns 0 when there is no such guide.
-- returns: count
-- writes: maps.guides
update maps.guides
set url = :url
where map_id = :map_id and user_id = :user_id
