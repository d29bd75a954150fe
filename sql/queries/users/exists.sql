-- Tell whether there is such a user.
-- returns: scalar
select exists(select from core.users where id = :user_id) as exists
