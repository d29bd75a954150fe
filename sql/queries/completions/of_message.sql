-- Return the run that a message is about: one among the completions, or one in the verification queue.
-- returns: scalar
-- null: message_id, verification_id
select c.id
from core.completions as c
where c.message_id = :message_id or c.verification_id = :verification_id
order by c.message_id is distinct from :message_id, c.id desc
limit 1
