-- Lock the player of a run, before the run itself: a submission locks in this order too. Nothing for an unknown run.
-- returns: maybe
select u.id
from core.completions as c
join core.users as u on u.id = c.user_id
where c.id = :completion_id
for no key update of u
