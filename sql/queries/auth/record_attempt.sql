-- Record an attempt at an action, under every identifier it counts for.
-- returns: none
-- writes: users.auth_rate_limits
insert into users.auth_rate_limits (identifier, action, success)
select i, :action, :success
from unnest(:identifiers::text[]) as i
