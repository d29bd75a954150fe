-- Lock the run that is shown in a message, so that its upvotes come one after the other.
-- returns: maybe
select c.id
from core.completions as c
where c.message_id = :message_id
for no key update
