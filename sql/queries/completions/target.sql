-- Return the map a run is submitted to, with the player's fastest run that still waits; nothing if there is none.
-- returns: maybe
select
  m.id as map_id,
  m.official,
  m.playtesting,
  m.archived,
  p.id as "pending_id?",
  p.time::float8 as pending_time,
  p.verification_id as "pending_verification_id?"
from core.maps as m
left join lateral (
  select c.id, c.time, c.verification_id
  from core.completions as c
  where c.map_id = m.id and c.user_id = :user_id and not c.verified and c.verified_by is null
  order by c.time, c.id
  limit 1
) as p on true
where m.code = :code
