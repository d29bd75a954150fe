-- Return what a playtest thread is named after: the map and its primary creator.
-- returns: maybe
-- type: difficulty = Difficulty
-- row: MapPartialResponse
select
  m.id as map_id,
  m.code as code,
  m.difficulty,
  coalesce(n.name, 'Unknown User') as creator_name,
  m.map_name,
  m.checkpoints
from core.maps as m
left join maps.creators as c on c.map_id = m.id and c.is_primary
left join users.names as n on n.user_id = c.user_id
where m.code = :code
order by c.user_id
limit 1
