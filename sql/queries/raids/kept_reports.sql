-- Return the kept reports of an activity's hash, a page by ids.
-- returns: many
select i.instance_id, i.skull_hashes, r.data
from core.instance as i
join raw.pgcr as r on r.instance_id = i.instance_id
where i.hash = :hash
  and i.instance_id > :after
order by i.instance_id
limit :n
