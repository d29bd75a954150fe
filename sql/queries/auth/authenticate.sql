-- Return the usable API key of this hash; unnoted: its use in this minute is not written down yet.
-- returns: maybe
select
  t.id,
  coalesce(t.name, u.username, 'key ' || t.id) as name,
  coalesce(t.is_superuser, false) as is_superuser,
  coalesce(t.scopes, '{}') as scopes,
  t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as "unnoted!"
from public.api_tokens as t
left join public.auth_users as u on u.id = t.user_id
where t.api_key = :key_hash
  and t.revoked_at is null
  and (t.expires_at is null or t.expires_at > now())
