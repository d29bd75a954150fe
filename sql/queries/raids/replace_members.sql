-- Write who is in clans that were read; ``everybody`` takes the members of all other clans away.
-- Returns members who have no row yet, and are in no clan until they have one.
-- returns: many
-- writes: clan.clan_members
-- scan: all clans are read
with given as materialized (
  select distinct m.group_id, m.membership_id
  from unnest(:group_ids::bigint[], :membership_ids::bigint[]) as m (group_id, membership_id)
), gone as (
  delete from clan.clan_members as c
  where (:everybody::boolean or c.group_id = any(:read_ids::bigint[]))
    and not exists (
      select
      from given as g
      where g.group_id = c.group_id
        and g.membership_id = c.membership_id
    )
), kept as (
  insert into clan.clan_members (group_id, membership_id)
  select g.group_id, g.membership_id
  from given as g
  join core.player as p on p.membership_id = g.membership_id
  on conflict (group_id, membership_id) do nothing
)
select distinct g.membership_id as "membership_id!"
from given as g
where not exists (select from core.player as p where p.membership_id = g.membership_id)
order by 1
