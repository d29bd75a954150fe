-- Take a notification away from what its receiver sees; the first time stays.
-- returns: none
-- writes: notifications.events
update notifications.events
set dismissed_at = now()
where id = :event_id and dismissed_at is null
