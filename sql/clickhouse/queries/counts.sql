-- Count the instances in each range of ids.
select intDiv(instance_id, {size:Int64}) as block, count() as n
from instance final
group by block
