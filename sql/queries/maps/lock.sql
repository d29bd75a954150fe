-- Lock maps, so that what is decided about them stays true; in the order of their ids, for others do so too.
-- returns: many
-- type: difficulty = Difficulty
select
  m.id,
  m.code,
  m.map_name,
  m.official,
  m.playtesting,
  m.archived,
  m.difficulty,
  m.raw_difficulty::float8 as raw_difficulty,
  m.linked_code,
  array(
    select n.name
    from maps.creators as c
    join users.names as n on n.user_id = c.user_id
    where c.map_id = m.id
    order by c.is_primary desc nulls last, n.name
  ) as creator_names
from core.maps as m
where m.code = any(:codes::text[])
order by m.id
for update of m
