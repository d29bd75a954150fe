-- Return the name a user is shown under; nothing when there is none.
-- returns: scalar
select coalesce(n.username, u.nickname, u.global_name, 'Unknown User') as name
from core.users as u
left join users.overwatch_usernames as n on n.user_id = u.id and n.is_primary
where u.id = :user_id
