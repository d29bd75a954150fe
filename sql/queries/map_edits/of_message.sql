-- Return the edit that a message in the verification queue is about; nothing for other messages.
-- returns: scalar
select e.id
from maps.edit_requests as e
where e.message_id = :message_id
order by e.id desc
limit 1
