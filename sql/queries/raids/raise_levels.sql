-- Raise cheat levels; none goes down.
-- returns: many
-- writes: core.player
with raised as materialized (
  select p.membership_id, n.level
  from unnest(:membership_ids::bigint[], :levels::smallint[]) as n (membership_id, level)
  join core.player as p on p.membership_id = n.membership_id
  where p.cheat_level < n.level
  order by p.membership_id
  for update of p
)
update core.player as p
set cheat_level = r.level
from raised as r
where p.membership_id = r.membership_id
returning p.membership_id, p.bungie_name, p.cheat_level
