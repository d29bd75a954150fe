-- Return the e-mail account of a user; nothing when it has none.
-- returns: maybe
select e.user_id, e.email, u.nickname as username, e.email_verified_at
from users.email_auth as e
join core.users as u on u.id = e.user_id
where e.user_id = :user_id
