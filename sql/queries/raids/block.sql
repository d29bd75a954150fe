-- Note ids that Bungie has and does not show; return those that were not known to be hidden.
-- returns: many
-- writes: crawl.missed
insert into crawl.missed (instance_id, state, result)
select b.instance_id, 'blocked', 'insufficient_privileges'
from unnest(:instance_ids::bigint[]) as b (instance_id)
order by b.instance_id
on conflict (instance_id) do update
set state = excluded.state, result = excluded.result
where missed.state <> excluded.state
returning instance_id
