-- Lock a playtest and its map for a decision; nothing when the thread is unknown.
-- returns: maybe
-- type: difficulty = Difficulty
select
  p.id,
  p.map_id,
  coalesce(p.completed, false) as completed,
  p.verification_id,
  m.code,
  m.map_name,
  m.difficulty,
  m.official,
  m.title,
  m.custom_banner,
  array(
    select c.user_id from maps.creators as c where c.map_id = m.id order by c.is_primary desc nulls last, c.user_id
  ) as creator_ids,
  array(
    select n.name
    from maps.creators as c
    join users.names as n on n.user_id = c.user_id
    where c.map_id = m.id
    order by c.is_primary desc nulls last, c.user_id
  ) as creator_names
from playtests.meta as p
join core.maps as m on m.id = p.map_id
where p.thread_id = :thread_id
for no key update of p, m
