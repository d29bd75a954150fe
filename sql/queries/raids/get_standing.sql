-- Return what is held against an instance and everybody in it; nothing when it is not stored.
-- returns: maybe
select
  i.instance_id::text as instance_id, i.is_whitelisted,
  (
    select jsonb_build_object(
      'report_source', b.report_source,
      'report_id', b.report_id::text,
      'cheat_check_version', b.cheat_check_version,
      'reason', b.reason,
      'created_at', b.created_at
    )
    from flagging.blacklist_instance as b
    where b.instance_id = i.instance_id
  ) as blacklist,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'cheat_check_version', f.cheat_check_version,
          'cheat_check_bitmask', f.cheat_check_bitmask::text,
          'cheat_probability', f.cheat_probability,
          'flagged_at', f.flagged_at
        )
        order by f.flagged_at desc, f.cheat_check_version
      ),
      '[]'
    )
    from flagging.flag_instance as f
    where f.instance_id = i.instance_id
  ) as flags,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'membership_id', s.membership_id::text,
          'bungie_name', p.bungie_name,
          'cheat_level', p.cheat_level,
          'is_whitelisted', p.is_whitelisted,
          'completed', s.completed,
          'blacklist_reason', b.reason,
          'flags', (
            select coalesce(
              jsonb_agg(
                jsonb_build_object(
                  'cheat_check_version', f.cheat_check_version,
                  'cheat_check_bitmask', f.cheat_check_bitmask::text,
                  'cheat_probability', f.cheat_probability,
                  'flagged_at', f.flagged_at
                )
                order by f.flagged_at desc, f.cheat_check_version
              ),
              '[]'
            )
            from flagging.flag_instance_player as f
            where f.instance_id = s.instance_id
              and f.membership_id = s.membership_id
          )
        )
        order by s.membership_id
      ),
      '[]'
    )
    from core.instance_player as s
    join core.player as p on p.membership_id = s.membership_id
    left join flagging.blacklist_instance_player as b
      on b.instance_id = s.instance_id and b.membership_id = s.membership_id
    where s.instance_id = i.instance_id
  ) as players
from core.instance as i
where i.instance_id = :instance_id
