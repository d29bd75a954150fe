-- Return everything that some players took part in.
-- returns: many
select distinct s.instance_id
from core.instance_player as s
where s.membership_id = any(:membership_ids::bigint[])
order by s.instance_id
