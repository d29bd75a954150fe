-- List what a user chose explicitly for its notifications.
-- returns: many
select p.event_type, p.channel, p.enabled
from notifications.preferences as p
where p.user_id = :user_id
order by p.event_type, p.channel
