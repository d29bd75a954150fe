-- Lock a mailed token of a kind for its use, with the account it belongs to; nothing for an unknown token.
-- returns: maybe
select
  t.id,
  t.user_id,
  t.used_at,
  t.expires_at <= now() as expired,
  e.email,
  e.email_verified_at,
  coalesce(u.nickname, '') as username,
  u.is_mod
from users.email_tokens as t
join users.email_auth as e on e.user_id = t.user_id
join core.users as u on u.id = t.user_id
where t.token_hash = :token_hash and t.token_type = :kind
for no key update of t, e
