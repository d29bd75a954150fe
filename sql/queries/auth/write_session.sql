-- Store what a session holds, under the hash of its id.
-- returns: none
-- writes: users.sessions
insert into users.sessions (id, user_id, payload, last_activity, ip_address, user_agent)
values (:session_hash, :user_id, :payload, now(), :ip_address, :user_agent)
on conflict (id) do update
set
  user_id = excluded.user_id,
  payload = excluded.payload,
  last_activity = excluded.last_activity,
  ip_address = excluded.ip_address,
  user_agent = excluded.user_agent
