-- Note that an attempt succeeded, in all its records.
-- returns: none
-- writes: users.auth_rate_limits
update users.auth_rate_limits
set success = true
where id = any (:records::bigint[])
