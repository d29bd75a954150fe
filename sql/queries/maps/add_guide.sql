-- Add a user's guide to a map.
-- returns: none
-- writes: maps.guides
insert into maps.guides (map_id, url, user_id)
values (:map_id, :url, :user_id)
