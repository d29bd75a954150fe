-- Return what is held against a player, with the fifty latest flags; nothing for an unknown one.
-- returns: maybe
select
  p.membership_id::text as membership_id, p.bungie_name, p.cheat_level, p.is_whitelisted, p.is_private,
  p.first_seen, p.last_seen, p.clears,
  (
    select count(*)
    from flagging.blacklist_instance_player as b
    where b.membership_id = p.membership_id
  ) as blacklisted_instances,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'instance_id', f.instance_id::text,
          'cheat_check_version', f.cheat_check_version,
          'cheat_check_bitmask', f.cheat_check_bitmask::text,
          'cheat_probability', f.cheat_probability,
          'flagged_at', f.flagged_at
        )
        order by f.flagged_at desc, f.instance_id desc
      ),
      '[]'
    )
    from (
      select f.instance_id, f.cheat_check_version, f.cheat_check_bitmask, f.cheat_probability, f.flagged_at
      from flagging.flag_instance_player as f
      where f.membership_id = p.membership_id
      order by f.flagged_at desc, f.instance_id desc
      limit 50
    ) as f
  ) as flags
from core.player as p
where p.membership_id = :membership_id
