-- Mark an address as confirmed and its token as used.
-- returns: none
-- writes: users.email_auth, users.email_tokens
with used as (
  update users.email_tokens
  set used_at = now()
  where id = :token_id
  returning user_id
)
update users.email_auth as e
set email_verified_at = now()
from used as u
where e.user_id = u.user_id
