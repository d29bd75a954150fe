-- List the times of a player on a map, best first.
-- returns: many
-- row: MapRecordProgressionResponse
select c.time::float8 as time, c.inserted_at
from core.completions as c
join core.maps as m on m.id = c.map_id
where m.code = :code and c.user_id = :user_id and c.time < 99999999
order by c.time, c.inserted_at
