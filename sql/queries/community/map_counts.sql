-- Count the maps of each map name, most first; of all maps, or of those that everybody sees.
-- returns: many
-- row: MapCountsResponse
select n.name as map_name, count(m.id) as amount
from maps.names as n
left join core.maps as m on m.map_name = n.name
where true
  /*[ and m.archived = :archived and m.hidden = :hidden ]*/
group by n.name
order by count(m.id) desc, n.name
