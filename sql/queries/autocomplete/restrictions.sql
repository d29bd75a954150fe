-- Return the names of restrictions that are nearest to a text, the nearest first.
-- returns: many
select n.name
from maps.restrictions as n
order by n.name <-> :search, n.name
limit :size
