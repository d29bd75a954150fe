-- Keep a player's rating of a map that is not archived; returns 0 when there is no such map.
-- returns: count
-- writes: maps.ratings
insert into maps.ratings (map_id, user_id, quality, verified)
select
  m.id,
  :user_id,
  :quality,
  exists(select from core.completions as c where c.map_id = m.id and c.user_id = :user_id and c.verified)
from core.maps as m
where m.code = :code and not m.archived
on conflict (map_id, user_id) do update
set quality = excluded.quality
