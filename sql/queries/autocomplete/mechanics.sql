-- Return the names of mechanics that are nearest to a text, the nearest first.
-- returns: many
select n.name
from maps.mechanics as n
order by n.name <-> :search, n.name
limit :size
