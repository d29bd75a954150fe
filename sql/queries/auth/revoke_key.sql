-- End an API key and return since when it is ended; nothing when there is no such key.
-- returns: maybe
-- writes: public.api_tokens
update public.api_tokens
set revoked_at = coalesce(revoked_at, now())
where id = :key_id
returning revoked_at as revoked_at
