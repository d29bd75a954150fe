-- List a user's notifications that were not dismissed, newest first.
-- returns: many
select e.id, e.user_id, e.event_type, e.title, e.body, e.metadata, e.created_at, e.read_at, e.dismissed_at
from notifications.events as e
where e.user_id = :user_id
  and e.dismissed_at is null
  and (e.read_at is null or not :unread_only::boolean)
order by e.created_at desc, e.id desc
limit :size offset :skip
