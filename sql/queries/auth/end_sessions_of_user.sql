-- End a user's sessions, all or all but one; returns how many.
-- returns: count
-- writes: users.sessions
-- null: kept
delete from users.sessions
where user_id = :user_id and id is distinct from :kept::text
