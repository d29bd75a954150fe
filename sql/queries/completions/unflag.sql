-- Take all flags off a run; returns how many there were.
-- returns: count
-- writes: users.suspicious_flags
delete from users.suspicious_flags
where completion_id = :completion_id
