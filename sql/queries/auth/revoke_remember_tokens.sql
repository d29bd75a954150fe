-- Take away all remember tokens of a user; returns how many.
-- returns: count
-- writes: users.remember_tokens
delete from users.remember_tokens
where user_id = :user_id
