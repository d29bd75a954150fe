-- Give every rating of a map the same value; returns how many maps have the code.
-- returns: value
-- writes: maps.ratings
with rated as (
  update maps.ratings as r
  set quality = :quality
  from core.maps as m
  where m.id = r.map_id and m.code = :code
)
select count(*) from core.maps as m where m.code = :code
