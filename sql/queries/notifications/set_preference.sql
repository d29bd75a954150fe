-- Choose whether a user gets notifications of a type through a channel.
-- returns: none
-- writes: notifications.preferences
insert into notifications.preferences (user_id, event_type, channel, enabled)
values (:user_id, :event_type, :channel, :enabled)
on conflict (user_id, event_type, channel) do update
set enabled = excluded.enabled
