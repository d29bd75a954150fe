-- List every API key, oldest first, without what could be used of it.
-- returns: many
-- scan: every key is asked for
select
  t.id,
  coalesce(t.name, u.username, 'key ' || t.id) as name,
  t.prefix,
  coalesce(t.scopes, '{}') as scopes,
  coalesce(t.is_superuser, false) as is_superuser,
  t.created_at,
  t.expires_at,
  t.last_used_at,
  t.revoked_at,
  t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) as "usable!"
from public.api_tokens as t
left join public.auth_users as u on u.id = t.user_id
order by t.id
