-- Flag instances whose reports Bungie hides for good, and keep them off the leaderboards.
-- returns: none
-- writes: flagging.flag_instance, flagging.blacklist_instance
with flagged as (
  insert into flagging.flag_instance (
    instance_id, cheat_check_version, cheat_check_bitmask, cheat_probability
  )
  select i.instance_id, :version, :bitmask, 1
  from unnest(:instance_ids::bigint[]) as i (instance_id)
  on conflict (instance_id, cheat_check_version) do nothing
)
insert into flagging.blacklist_instance (instance_id, report_source, reason)
select i.instance_id, 'Manual', 'Restricted by Bungie'
from unnest(:instance_ids::bigint[]) as i (instance_id)
on conflict (instance_id) do nothing
