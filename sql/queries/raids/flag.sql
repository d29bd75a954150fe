-- Write what a cheat check found; what the same version of the checks found before stays.
-- returns: none
-- writes: flagging.flag_instance, flagging.flag_instance_player
with instances as (
  insert into flagging.flag_instance (
    instance_id, cheat_check_version, cheat_check_bitmask, cheat_probability
  )
  select f.instance_id, :version, f.reasons, f.probability
  from jsonb_to_recordset(:instances) as f (instance_id bigint, reasons bigint, probability numeric)
  on conflict (instance_id, cheat_check_version) do nothing
)
insert into flagging.flag_instance_player (
  instance_id, membership_id, cheat_check_version, cheat_check_bitmask, cheat_probability
)
select f.instance_id, f.membership_id, :version, f.reasons, f.probability
from jsonb_to_recordset(:players) as f (
  instance_id bigint, membership_id bigint, reasons bigint, probability numeric
)
on conflict (instance_id, membership_id, cheat_check_version) do nothing
