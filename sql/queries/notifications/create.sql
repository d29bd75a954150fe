-- Store notifications and tell, in their order, which channels its receiver has switched on and off for each.
-- returns: many
-- writes: notifications.events
with stored as (
  insert into notifications.events (user_id, event_type, title, body, metadata)
  select n.user_id, n.event_type, n.title, n.body, nullif(n.metadata, 'null')
  from unnest(
    :user_ids::bigint[], :event_types::text[], :titles::text[], :bodies::text[], :metadata::jsonb[]
  ) with ordinality as n (user_id, event_type, title, body, metadata, place)
  order by n.place
  returning id, user_id, event_type, created_at
)
select
  s.id,
  s.created_at,
  array(
    select p.channel
    from notifications.preferences as p
    where p.user_id = s.user_id and p.event_type = s.event_type and p.enabled
  ) as switched_on,
  array(
    select p.channel
    from notifications.preferences as p
    where p.user_id = s.user_id and p.event_type = s.event_type and not p.enabled
  ) as switched_off
from stored as s
order by s.id
