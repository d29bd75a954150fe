-- Return the playtest of a thread; nothing when there is none.
-- returns: maybe
-- row: PlaytestResponse
select
  p.id,
  p.thread_id,
  m.code as "code!",
  p.verification_id,
  p.initial_difficulty::float8 as initial_difficulty,
  p.created_at as "created_at!",
  p.updated_at as "updated_at!",
  coalesce(p.completed, false) as completed,
  -- The contract's, always null: jobs tell how far a thread is.
  null::text as "thread_creation_status?",
  null::text as "thread_creation_failure_reason?",
  null::timestamptz as "thread_creation_last_attempt_at?"
from playtests.meta as p
join core.maps as m on m.id = p.map_id
where p.thread_id = :thread_id
