-- Return what cheat checks look at in instances: everybody's kills over all characters and weapons.
-- returns: many
-- row: Subject
select
  i.instance_id, v.activity_id, v.version_id, i.completed, i.fresh, i.flawless, i.player_count, i.duration,
  i.date_started, i.date_completed,
  greatest(extract(epoch from i.date_completed - a.release_date) / 86400, 0)::float8 as days,
  t.players, a.name as activity, a.splash_path
from core.instance as i
join definitions.activity_version as v on v.hash = i.hash
join definitions.activity_definition as a on a.id = v.activity_id
cross join lateral (
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'membership_id', s.membership_id,
        'finished', s.completed,
        'first_clear', s.is_first_clear,
        'seconds', s.time_played_seconds,
        'longest', c.longest,
        'kills', c.kills,
        'super_kills', c.super_kills,
        'grenade_kills', c.grenade_kills,
        'melee_kills', c.melee_kills,
        'heavy_kills', w.heavy_kills,
        'weapon_kills', w.weapon_kills
      )
      order by s.membership_id
    ),
    '[]'
  ) as players
  from core.instance_player as s
  cross join lateral (
    select
      coalesce(max(c.time_played_seconds), 0) as longest,
      coalesce(sum(c.kills), 0)::integer as kills,
      coalesce(sum(c.super_kills), 0)::integer as super_kills,
      coalesce(sum(c.grenade_kills), 0)::integer as grenade_kills,
      coalesce(sum(c.melee_kills), 0)::integer as melee_kills
    from extended.instance_character as c
    where c.instance_id = s.instance_id
      and c.membership_id = s.membership_id
  ) as c
  cross join lateral (
    select
      coalesce(sum(x.kills) filter (where x.is_heavy), 0)::integer as heavy_kills,
      coalesce(jsonb_agg(x.kills order by x.kills desc), '[]') as weapon_kills
    from (
      select sum(w.kills)::integer as kills, bool_or(d.ammo_type = 'Heavy') as is_heavy
      from extended.instance_character_weapon as w
      left join definitions.weapon_definition as d on d.hash = w.weapon_hash
      where w.instance_id = s.instance_id
        and w.membership_id = s.membership_id
        and w.kills > 0
      group by w.weapon_hash
    ) as x
  ) as w
  where s.instance_id = i.instance_id
) as t
where i.instance_id = any(:instance_ids::bigint[])
order by i.instance_id
