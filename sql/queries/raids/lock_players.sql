-- Lock players, and those who played some instances with them, in the order that everybody locks them in.
-- returns: many
select p.membership_id
from core.player as p
where p.membership_id = any(
    :membership_ids::bigint[]
    || array(
      select s.membership_id
      from core.instance_player as s
      where s.instance_id = any(:instance_ids::bigint[])
    )
  )
order by p.membership_id
for no key update
