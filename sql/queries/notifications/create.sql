-- Store a notification and tell through which channels its receiver wants to have it.
-- returns: one
-- writes: notifications.events
with stored as (
  insert into notifications.events (user_id, event_type, title, body, metadata)
  values (:user_id, :event_type, :title, :body, :metadata)
  returning id, user_id, event_type, created_at
),
wanted as (
  select c.channel
  from stored as s
  cross join unnest(:default_channels::text[]) as c (channel)
  where not exists (
    select from notifications.preferences as p
    where p.user_id = s.user_id and p.event_type = s.event_type and p.channel = c.channel
  )
  union
  select p.channel
  from stored as s
  join notifications.preferences as p on p.user_id = s.user_id and p.event_type = s.event_type
  where p.enabled
)
select
  s.id,
  s.created_at,
  array(select w.channel from wanted as w order by w.channel) as channels
from stored as s
