-- Choose through which channels a user gets which notifications; of two choices for the same the later one counts.
-- returns: none
-- writes: notifications.preferences
insert into notifications.preferences (user_id, event_type, channel, enabled)
select distinct on (given.event_type, given.channel) :user_id, given.event_type, given.channel, given.enabled
from unnest(:event_types::text[], :channels::text[], :enabled::boolean[])
  with ordinality as given (event_type, channel, enabled, position)
order by given.event_type, given.channel, given.position desc
on conflict (user_id, event_type, channel) do update
set enabled = excluded.enabled
