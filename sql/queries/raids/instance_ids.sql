-- Return the ids of the instances of a range, its end left out.
-- returns: many
select i.instance_id
from core.instance as i
where i.instance_id >= :first_id
  and i.instance_id < :end_id
order by i.instance_id
