-- Note that a user has read all its notifications; returns how many were unread.
-- returns: count
-- writes: notifications.events
update notifications.events
set read_at = now()
where user_id = :user_id and read_at is null
