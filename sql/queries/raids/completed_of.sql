-- Return the completed instances of an activity's hash that are not kept off the leaderboards, a page by ids.
-- returns: many
select i.instance_id
from core.instance as i
where i.hash = :hash
  and i.completed
  and i.instance_id > :after
  and not exists (select from flagging.blacklist_instance as b where b.instance_id = i.instance_id)
order by i.instance_id
limit :n
