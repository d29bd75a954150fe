-- Count the instances in each range of ids.
-- returns: many
-- scan: every instance is counted
-- slow: it reads the index of all instances
select i.instance_id / :size::bigint as block, count(*) as n
from core.instance as i
group by i.instance_id / :size::bigint
