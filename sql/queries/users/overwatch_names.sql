-- Return the names a user plays under, the primary one first.
-- returns: many
select n.username, n.is_primary
from users.overwatch_usernames as n
where n.user_id = :user_id
order by n.is_primary desc, n.id
