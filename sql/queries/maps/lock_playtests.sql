-- Lock the open playtests of maps. Whoever decides a playtest locks it before its map, so this comes first too.
-- returns: many
select p.id
from core.maps as m
join playtests.meta as p on p.map_id = m.id
where m.code = any(:codes::text[]) and not coalesce(p.completed, false)
order by p.id
for no key update of p
