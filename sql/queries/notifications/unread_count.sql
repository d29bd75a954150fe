-- Count a user's notifications that were neither read nor dismissed.
-- returns: scalar
select count(*) as count
from notifications.events as e
where e.user_id = :user_id and e.read_at is null and e.dismissed_at is null
