-- Return what a session holds and note that it is in use; nothing for an unknown or expired one.
-- returns: maybe
-- writes: users.sessions
update users.sessions as s
set last_activity = now()
where s.id = :session_hash and s.last_activity > now() - :life::interval
returning
  s.payload,
  coalesce((select u.is_mod from core.users as u where u.id = s.user_id), false) as is_mod
