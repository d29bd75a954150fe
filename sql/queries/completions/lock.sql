-- Lock a run for its verdict, with what the verdict depends on; nothing when there is none.
-- returns: maybe
-- type: difficulty = Difficulty
select
  c.id,
  c.map_id,
  c.user_id,
  c.time::float8 as time,
  c.video,
  c.verified,
  c.verified_by,
  c.verification_id,
  c.completion as partial,
  m.code as "code!",
  m.map_name,
  m.official,
  m.difficulty
from core.completions as c
join core.maps as m on m.id = c.map_id
where c.id = :completion_id
for no key update of c
