-- Add a user who signs up by e-mail, with a token that confirms the address; returns the new user's id.
-- returns: value
-- writes: core.users, users.email_auth, users.email_tokens
with registered as (
  insert into core.users (id, nickname, global_name)
  values (nextval('users.email_user_id_seq'), :username, :username)
  returning id
),
account as (
  insert into users.email_auth (user_id, email, password_hash)
  select r.id, :email, :password_hash
  from registered as r
),
token as (
  insert into users.email_tokens (user_id, token_hash, token_type, expires_at)
  select r.id, :token_hash, 'verification', now() + :token_life::interval
  from registered as r
)
select r.id
from registered as r
