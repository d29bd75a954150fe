-- List every user with all names it is known by.
-- returns: many
-- row: UserListItem
-- scan: the whole table is asked for
select
  u.id,
  coalesce(u.global_name, 'Unknown Username') as global_name,
  u.nickname,
  array_agg(n.username order by n.is_primary desc, n.id) filter (where n.id is not null) as overwatch_usernames,
  coalesce(
    max(n.username) filter (where n.is_primary), u.nickname, u.global_name, 'Unknown User'
  ) as coalesced_name,
  coalesce(u.coins, 0) as coins
from core.users as u
left join users.overwatch_usernames as n on n.user_id = u.id
group by u.id
order by u.id
