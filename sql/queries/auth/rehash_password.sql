-- Replace the hash of a password by another one of the same password, unless the password was changed meanwhile.
-- returns: none
-- writes: users.email_auth
update users.email_auth
set password_hash = :password_hash
where user_id = :user_id and password_hash = :replaced
