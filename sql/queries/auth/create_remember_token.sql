-- Store the hash of a token by which a user stays logged in.
-- returns: none
-- writes: users.remember_tokens
insert into users.remember_tokens (user_id, token_hash, expires_at)
values (:user_id, :token_hash, now() + :life::interval)
