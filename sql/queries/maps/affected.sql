-- List everybody who has a run of a map, whatever became of it.
-- returns: many
select distinct c.user_id
from core.maps as m
join core.completions as c on c.map_id = m.id
where m.code = :code
order by c.user_id
