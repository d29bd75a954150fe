-- Return the names of Overwatch maps that are nearest to a text, the nearest first.
-- returns: many
select n.name
from maps.names as n
order by n.name <-> :search, n.name
limit :size
