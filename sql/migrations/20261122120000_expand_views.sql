-- Two definitions that many queries share: how a user is called, and which run of a player counts.
-- migrate:up
-- The name shown for a user, and the other names it is known by.
create view users.names as
select
  u.id as user_id,
  coalesce(o.primary_name, u.nickname, u.global_name, 'Unknown User') as name,
  coalesce(o.other_names, '') as also_known_as
from core.users as u
left join lateral (
  select
    max(n.username) filter (where n.is_primary) as primary_name,
    string_agg(n.username, ', ' order by n.username) filter (where not n.is_primary) as other_names
  from users.overwatch_usernames as n
  where n.user_id = u.id
) as o on true;

-- The latest verified run of every player on every map: the only one that ranks, earns a medal or counts.
create view completions.standings as
select distinct on (c.map_id, c.user_id)
  c.id,
  c.map_id,
  c.user_id,
  c.time,
  c.screenshot,
  c.video,
  c.message_id,
  c.completion as partial,
  coalesce(c.legacy, false) as legacy,
  c.legacy_medal,
  c.inserted_at
from core.completions as c
where c.verified
order by c.map_id, c.user_id, c.inserted_at desc;

-- migrate:down
drop view completions.standings;
drop view users.names;
