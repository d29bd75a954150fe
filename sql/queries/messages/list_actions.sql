-- List what was done to dead letters, newest first.
-- returns: many
select a.id, a.who, a.at, a.what, a.filter, a.n, a.outcome, a.reason, a.finished_at
from messages.dead_letter_actions as a
order by a.id desc
limit :n
