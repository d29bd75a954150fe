-- Return the names of map tags that are nearest to a text, the nearest first.
-- returns: many
select n.name
from maps.tags as n
order by n.name <-> :search, n.name
limit :size
