-- Return a user with all names it is known by; nothing when there is none.
-- returns: maybe
-- row: UserResponse
select
  u.id,
  u.global_name,
  u.nickname,
  names.all_names as overwatch_usernames,
  coalesce(names.primary_name, u.nickname, u.global_name, 'Unknown User') as coalesced_name,
  coalesce(u.coins, 0) as coins
from core.users as u
left join lateral (
  select
    array_agg(n.username order by n.is_primary desc, n.id) as all_names,
    max(n.username) filter (where n.is_primary) as primary_name
  from users.overwatch_usernames as n
  where n.user_id = u.id
) as names on true
where u.id = :user_id
