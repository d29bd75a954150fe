-- Keep instances off the leaderboards that were all but certainly cheated in, flagged in the last 60 days.
-- returns: count
-- writes: flagging.blacklist_instance
-- scan: most flags are young, those that are not go by the index of their time
insert into flagging.blacklist_instance (instance_id, report_source, cheat_check_version, reason)
select distinct on (f.instance_id) f.instance_id, 'CheatCheck'::flagging.blacklist_report_source,
  f.cheat_check_version, 'Flagged >= 0.95'
from flagging.flag_instance as f
join core.instance as i on i.instance_id = f.instance_id
where f.cheat_probability >= 0.95
  and f.flagged_at >= now() - interval '60 days'
  and not i.is_whitelisted
order by f.instance_id, f.flagged_at desc
on conflict (instance_id) do nothing
