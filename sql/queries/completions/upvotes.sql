-- Count the upvotes of the run that is shown in a message.
-- returns: scalar
select count(*) as upvotes
from completions.upvotes as u
where u.message_id = :message_id
