-- Take all notifications away from what a user sees, as read; returns how many there were.
-- returns: count
-- writes: notifications.events
update notifications.events
set dismissed_at = now(), read_at = coalesce(read_at, now())
where user_id = :user_id and dismissed_at is null
