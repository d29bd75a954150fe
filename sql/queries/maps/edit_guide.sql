-- Give a user's guide to a map another address; returns 0 when there is no such guide.
-- returns: count
-- writes: maps.guides
update maps.guides as g
set url = :url
from core.maps as m
where m.id = g.map_id and m.code = :code and g.user_id = :user_id
