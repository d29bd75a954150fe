-- Return everything that extreme cheaters of the last 60 days took part in: of ``membership_ids``, whom a check has just
-- made one, and of those whom the checks of ``version`` did not look at yet.
-- returns: many
-- scan: there is no index of the few who cheat
select distinct s.instance_id
from core.instance_player as s
where s.membership_id in (
    select p.membership_id
    from core.player as p
    where p.cheat_level >= :level
      and p.last_seen >= now() - interval '60 days'
      and (
        p.membership_id = any(:membership_ids::bigint[])
        or not exists (
          select
          from flagging.flag_instance_player as f
          where f.membership_id = p.membership_id
            and f.cheat_check_version = :version
        )
      )
  )
order by s.instance_id
