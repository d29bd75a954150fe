-- Store a token for the account of an address and return whose it is; nothing where no mail is due.
-- returns: many
-- writes: users.email_tokens
insert into users.email_tokens (user_id, token_hash, token_type, expires_at)
select e.user_id, :token_hash, :kind::text, now() + :life::interval
from users.email_auth as e
where lower(e.email) = lower(:email::text)
  and (:kind::text = 'password_reset' or e.email_verified_at is null)
returning user_id
