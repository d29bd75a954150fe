-- Return the account of an address, spelled in any case, with its password's hash; nothing for an unknown one.
-- returns: maybe
select
  e.user_id,
  e.email,
  e.password_hash,
  e.email_verified_at is not null as email_verified,
  coalesce(u.nickname, '') as username,
  coalesce(u.coins, 0) as coins,
  u.is_mod
from users.email_auth as e
join core.users as u on u.id = e.user_id
where lower(e.email) = lower(:email::text)
