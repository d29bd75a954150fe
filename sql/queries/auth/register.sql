-- Add a user who signs up by e-mail, with a token that confirms the address; returns the new user's id. Where the address
-- is taken nothing is added, and the account's owner is returned beside an id that is nobody's.
-- returns: one
-- writes: core.users, users.email_auth, users.email_tokens
with owner as (
  select a.user_id from users.email_auth as a where lower(a.email) = lower(:email)
),
given as (
  select nextval('users.email_user_id_seq') as id, (select o.user_id from owner as o) as owner_id
),
registered as (
  insert into core.users (id, nickname, global_name)
  select g.id, :username, :username
  from given as g
  where g.owner_id is null
),
account as (
  insert into users.email_auth (user_id, email, password_hash)
  select g.id, :email, :password_hash
  from given as g
  where g.owner_id is null
),
token as (
  insert into users.email_tokens (user_id, token_hash, token_type, expires_at)
  select g.id, :token_hash, 'verification', now() + :token_life::interval
  from given as g
  where g.owner_id is null
)
select g.id, g.owner_id
from given as g
