-- Note that an API key is in use, at most once a minute.
-- returns: none
-- writes: public.api_tokens
update public.api_tokens
set last_used_at = now()
where id = :key_id
  and (last_used_at is null or last_used_at < now() - interval '1 minute')
