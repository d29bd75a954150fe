-- List the names of all Overwatch maps.
-- returns: many
select n.name
from maps.names as n
order by n.name
