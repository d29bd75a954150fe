-- Return how the delivery of a notification through one channel ended; nothing when it was not tried yet.
-- returns: scalar
select d.status as status
from notifications.delivery_log as d
where d.event_id = :event_id and d.channel = :channel
