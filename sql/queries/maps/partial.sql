-- Return what a playtest thread is named after: the map, the difficulty its last playtest began with, its creator.
-- returns: maybe
-- type: difficulty = Difficulty
-- row: MapPartialResponse
select
  m.id as map_id,
  m.code as code,
  core.difficulty_label(coalesce(p.initial_difficulty, m.raw_difficulty)) as "difficulty!",
  coalesce(n.name, 'Unknown User') as creator_name,
  m.map_name,
  m.checkpoints
from core.maps as m
left join maps.creators as c on c.map_id = m.id and c.is_primary
left join users.names as n on n.user_id = c.user_id
left join playtests.meta as p on p.map_id = m.id
where m.code = :code
order by p.id desc nulls last, c.user_id
limit 1
