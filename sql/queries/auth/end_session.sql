-- End a session; returns whether there was one, as a number.
-- returns: count
-- writes: users.sessions
delete from users.sessions
where id = :session_hash
