-- Store an API key by its hash and return its id.
-- returns: scalar
-- writes: public.api_tokens
insert into public.api_tokens (api_key, name, prefix, scopes, is_superuser, expires_at)
values (:key_hash, :name, :prefix, :scopes, :is_superuser, :expires_at)
returning id
