-- Note that a notification was read; the first time stays.
-- returns: none
-- writes: notifications.events
update notifications.events
set read_at = now()
where id = :event_id and read_at is null
