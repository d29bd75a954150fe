-- Return the thread of the playtest that a message in the verification queue is about; nothing for others.
-- returns: scalar
-- scan: a moderator asks by hand, now and then
select p.thread_id
from playtests.meta as p
where p.verification_id = :verification_id
order by p.id desc
limit 1
