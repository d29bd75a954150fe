-- Return the names that users are shown under.
-- returns: many
select n.user_id, n.name
from users.names as n
where n.user_id = any(:user_ids::bigint[])
