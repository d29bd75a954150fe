-- Replace a user's password; every reset token, remember token and session of the user ends with the old one.
-- returns: none
-- writes: users.email_auth, users.email_tokens, users.remember_tokens, users.sessions
with used as (
  update users.email_tokens
  set used_at = now()
  where user_id = :user_id and token_type = 'password_reset' and used_at is null
),
forgotten as (
  delete from users.remember_tokens
  where user_id = :user_id
),
ended as (
  delete from users.sessions
  where user_id = :user_id
)
update users.email_auth
set password_hash = :password_hash
where user_id = :user_id
