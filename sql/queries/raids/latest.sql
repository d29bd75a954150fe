-- Tell the newest stored instance; ids from a hundred thousand million on are of another kind.
-- returns: scalar
select max(i.instance_id) as instance_id
from core.instance as i
where i.instance_id < 100000000000
