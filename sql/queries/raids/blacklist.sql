-- Keep an instance off the leaderboards because a person says so, and note of which players that is the doing.
-- What was noted of others is taken back; an instance without a report is the caller's own finding.
-- returns: none
-- null: report_id
-- writes: flagging.blacklist_instance, flagging.blacklist_instance_player, core.instance
with listed as (
  insert into flagging.blacklist_instance (instance_id, report_source, report_id, reason)
  values (
    :instance_id,
    case when :report_id::bigint is null then 'Manual' else 'WebReport' end::flagging.blacklist_report_source,
    :report_id,
    :reason
  )
  on conflict (instance_id) do update
  set report_source = excluded.report_source, report_id = excluded.report_id, cheat_check_version = null,
    reason = excluded.reason
), taken_back as (
  delete from flagging.blacklist_instance_player as b
  where b.instance_id = :instance_id
    and b.membership_id <> all(:membership_ids::bigint[])
), doubted as (
  update core.instance as i
  set is_whitelisted = false
  where i.instance_id = :instance_id
    and i.is_whitelisted
)
insert into flagging.blacklist_instance_player (instance_id, membership_id, reason)
select :instance_id, b.membership_id, b.reason
from unnest(:membership_ids::bigint[], :reasons::text[]) as b (membership_id, reason)
on conflict (instance_id, membership_id) do update
set reason = excluded.reason
