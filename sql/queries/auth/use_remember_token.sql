-- Return whose remember token this is and note its use; nothing for an unknown or expired one.
-- returns: many
-- writes: users.remember_tokens
update users.remember_tokens as t
set last_used_at = now()
where t.token_hash = :token_hash and t.expires_at > now()
returning t.user_id
