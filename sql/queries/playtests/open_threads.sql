-- Return those of some threads whose playtest is not over yet.
-- returns: many
select p.thread_id
from playtests.meta as p
where p.thread_id = any(:thread_ids)
  and not coalesce(p.completed, false)
