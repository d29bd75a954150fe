-- Record an attempt at an action under every identifier it counts for, and return the ids of the records.
-- returns: many
-- writes: users.auth_rate_limits
insert into users.auth_rate_limits (identifier, action, success)
select i, :action, :success
from unnest(:identifiers::text[]) as i
returning id
