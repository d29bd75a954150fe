-- Write a verdict on a run that waits for one, keep whose it was, and return what follows from it; nothing for a run that
-- does not wait. Its player is locked before it, until the transaction ends: a submission locks in this order too.
-- returns: maybe
-- type: difficulty = Difficulty
-- null: reason
-- writes: core.completions, audit.entries
with player as (
  select u.id
  from core.completions as c
  join core.users as u on u.id = c.user_id
  where c.id = :completion_id
  for no key update of u
),
judged as (
  update core.completions as c
  set verified = :verified, verified_by = :verified_by, reason = :reason
  from player as p
  cross join core.maps as m
  where c.id = :completion_id and m.id = c.map_id and not c.verified and c.verified_by is null
  returning
    c.id,
    c.map_id,
    c.user_id,
    c.time::float8 as time,
    c.video,
    c.verified,
    c.completion as partial,
    m.code,
    m.map_name,
    m.official,
    m.difficulty
),
kept as (
  insert into audit.entries (actor_id, action, subject_id, reason)
  select
    :verified_by, case when j.verified then 'completions.accept' else 'completions.reject' end, j.id, nullif(:reason, '')
  from judged as j
)
select
  j.id,
  j.map_id,
  j.user_id,
  j.time,
  j.video,
  j.partial,
  j.code as "code!",
  j.map_name,
  j.official,
  j.difficulty
from judged as j
