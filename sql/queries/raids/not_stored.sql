-- Return those of some ids that are not stored.
-- returns: many
select w.instance_id as "instance_id!"
from unnest(:instance_ids::bigint[]) as w (instance_id)
where not exists (
    select
    from core.instance as i
    join raw.pgcr as r on r.instance_id = i.instance_id
    where i.instance_id = w.instance_id
  )
order by w.instance_id
