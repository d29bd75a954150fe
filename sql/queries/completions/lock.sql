-- Lock a run with its map's code, to change it; nothing when there is none.
-- returns: maybe
select c.id, c.user_id, c.time::float8 as time, c.verified, c.verified_by, m.code as "code!"
from core.completions as c
join core.maps as m on m.id = c.map_id
where c.id = :completion_id
for no key update of c
