-- Return who was flagged at least three times in 60 days, with their flags counted by weight, the heavier ones
-- among the lighter, and what they did in that time.
-- returns: many
-- row: Suspect
-- scan: most flags are young, those that are not go by the index of their time
with flagged as (
  select distinct on (f.membership_id, f.instance_id)
    f.membership_id, f.instance_id, f.cheat_probability as own
  from flagging.flag_instance_player as f
  join core.instance as i on i.instance_id = f.instance_id
  where f.flagged_at >= now() - interval '60 days'
    and starts_with(f.cheat_check_version, :family)
    and not i.is_whitelisted
  order by f.membership_id, f.instance_id, f.flagged_at desc
), counted as (
  select
    f.membership_id,
    count(*) filter (where f.own >= 0.85) as a,
    count(*) filter (where f.own >= 0.5 or g.whole >= 0.99) as b,
    count(*) filter (where f.own >= 0.25 or g.whole >= 0.5) as c,
    count(*) as d
  from flagged as f
  left join lateral (
    select g.cheat_probability as whole
    from flagging.flag_instance as g
    where g.instance_id = f.instance_id
      and starts_with(g.cheat_check_version, :family)
    order by g.flagged_at desc
    limit 1
  ) as g on true
  group by f.membership_id
  having count(*) >= 3
)
select
  p.membership_id, p.membership_type, p.bungie_name, p.first_seen, p.clears, p.is_private, n.a, n.b, n.c, n.d,
  r.completed, r.lowman, r.flawless, r.solo
from counted as n
join core.player as p on p.membership_id = n.membership_id
cross join lateral (
  select
    count(*) as completed,
    count(*) filter (where i.player_count <= 3) as lowman,
    count(*) filter (where i.flawless) as flawless,
    count(*) filter (where i.player_count = 1) as solo
  from core.instance_player as s
  join core.instance as i on i.instance_id = s.instance_id
  where s.membership_id = p.membership_id
    and s.completed
    and i.date_started >= now() - interval '60 days'
) as r
where not p.is_whitelisted
  and p.cheat_level < 4
order by p.membership_id
