-- Return the hundred with whom a player completed most instances, and then played longest.
-- Seconds count only while both may have been there: of each instance, the shorter of both times.
-- returns: many
select
  p.membership_id::text as membership_id, p.membership_type, p.bungie_name, p.icon_path, t.clears,
  t.instances, t.time_played_seconds
from (
  select
    o.membership_id,
    count(*) filter (where s.completed and o.completed) as clears,
    count(*) as instances,
    sum(least(s.time_played_seconds, o.time_played_seconds)) as time_played_seconds
  from core.instance_player as s
  join core.instance_player as o on o.instance_id = s.instance_id and o.membership_id <> s.membership_id
  where s.membership_id = :membership_id
  group by o.membership_id
  order by clears desc, time_played_seconds desc, o.membership_id
  limit 100
) as t
join core.player as p on p.membership_id = t.membership_id
order by t.clears desc, t.time_played_seconds desc, t.membership_id
