-- Make one of a user's names the primary one.
-- returns: count
-- writes: users.overwatch_usernames
update users.overwatch_usernames
set is_primary = true
where user_id = :user_id and username = :username
