-- Remove the sessions that were not used for their life; returns how many.
-- returns: count
-- writes: users.sessions
delete from users.sessions
where last_activity <= now() - :life::interval
