-- Write players, characters and weapons of new instances, and carry all totals along.
-- The players are locked and the instances claimed. A clear is the first, and counts as a sherpa for the others
-- who finished, by when it was completed, never by when it was stored; of first clears that an earlier one
-- displaced, the flag and what it counted for are taken back. Returns who cleared a raid for the first time.
-- The planner expects a batch to be ten thousand seats, for which it would rather read tables than look into them:
-- so each big one is asked in a way that it cannot turn into a join (a value, a limit, an offset, an array).
-- returns: many
-- writes: core.player, core.player_stats, core.instance_player, extended.instance_character, extended.instance_character_weapon
with part as materialized (
  select i.instance_id, v.activity_id, i.duration, i.date_completed, i.fresh and p.finished as fresh, p.*
  from jsonb_to_recordset(:instances) as i (
    instance_id bigint, hash bigint, duration integer, date_completed timestamptz, fresh boolean, players jsonb
  )
  join definitions.activity_version as v using (hash)
  cross join lateral jsonb_to_recordset(i.players) as p (
    membership_id bigint, membership_type integer, icon_path text, display_name text,
    bungie_global_display_name text, bungie_global_display_name_code text, first_seen timestamptz,
    last_seen timestamptz, finished boolean, time_played_seconds integer, characters jsonb
  )
), lost as (
  select l.instance_id, l.membership_id, v.activity_id
  from unnest(:lost_instance_ids::bigint[], :lost_membership_ids::bigint[]) as l (instance_id, membership_id)
  join core.instance as i on i.instance_id = l.instance_id
  join definitions.activity_version as v on v.hash = i.hash
), first_clear as materialized (
  select e.instance_id, e.membership_id
  from (
    select distinct on (p.membership_id, p.activity_id) p.instance_id, p.membership_id, p.activity_id
    from part as p
    where p.finished
    order by p.membership_id, p.activity_id, p.date_completed, p.instance_id
  ) as e
  where coalesce(
      (
        select s.clears
        from core.player_stats as s
        where s.membership_id = e.membership_id
          and s.activity_id = e.activity_id
      ),
      0
    ) = 0
    or (e.membership_id, e.activity_id) in (select l.membership_id, l.activity_id from lost as l)
), seat as materialized (
  select
    p.instance_id, p.membership_id, p.activity_id, p.finished, p.fresh, p.time_played_seconds,
    f.membership_id is not null as is_first_clear,
    case
      when p.finished and f.membership_id is null
        then count(f.membership_id) over (partition by p.instance_id)::integer
      else 0
    end as sherpas
  from part as p
  left join first_clear as f using (instance_id, membership_id)
), revised as materialized (
  select
    t.instance_id, t.membership_id, t.activity_id, t.is_first_clear, t.before,
    case when t.completed and not t.is_first_clear then t.newcomers else 0 end as sherpas
  from (
    select
      s.instance_id, s.membership_id, v.activity_id, s.completed, s.sherpas as before,
      s.is_first_clear and l.membership_id is null as is_first_clear,
      count(*) filter (where s.is_first_clear and l.membership_id is null)
        over (partition by s.instance_id)::integer as newcomers
    from core.instance_player as s
    join core.instance as i on i.instance_id = s.instance_id
    join definitions.activity_version as v on v.hash = i.hash
    left join lost as l on l.instance_id = s.instance_id and l.membership_id = s.membership_id
    where s.instance_id = any(:lost_instance_ids::bigint[])
  ) as t
), corrected as (
  update core.instance_player as s
  set is_first_clear = r.is_first_clear, sherpas = r.sherpas
  from revised as r
  where s.instance_id = r.instance_id and s.membership_id = r.membership_id
), seated as (
  insert into core.instance_player (
    instance_id, membership_id, completed, time_played_seconds, sherpas, is_first_clear
  )
  select s.instance_id, s.membership_id, s.finished, s.time_played_seconds, s.sherpas, s.is_first_clear
  from seat as s
), played as materialized (
  select p.instance_id, p.membership_id, c.*
  from part as p
  cross join lateral jsonb_to_recordset(p.characters) as c (
    character_id bigint, class_hash bigint, emblem_hash bigint, completed boolean, score integer, kills integer,
    assists integer, deaths integer, precision_kills integer, super_kills integer, grenade_kills integer,
    melee_kills integer, time_played_seconds integer, start_seconds integer, weapons jsonb
  )
), characters as (
  insert into extended.instance_character (
    instance_id, membership_id, character_id, class_hash, emblem_hash, completed, score, kills, assists, deaths,
    precision_kills, super_kills, grenade_kills, melee_kills, time_played_seconds, start_seconds
  )
  select
    c.instance_id, c.membership_id, c.character_id, c.class_hash, c.emblem_hash, c.completed, c.score, c.kills,
    c.assists, c.deaths, c.precision_kills, c.super_kills, c.grenade_kills, c.melee_kills, c.time_played_seconds,
    c.start_seconds
  from played as c
), weapons as (
  insert into extended.instance_character_weapon (
    instance_id, membership_id, character_id, weapon_hash, kills, precision_kills
  )
  select c.instance_id, c.membership_id, c.character_id, w.weapon_hash, w.kills, w.precision_kills
  from played as c
  cross join lateral jsonb_to_recordset(c.weapons) as w (
    weapon_hash bigint, kills integer, precision_kills integer
  )
), change as materialized (
  select
    c.membership_id, c.activity_id, sum(c.clears)::integer as clears, sum(c.fresh_clears)::integer as fresh_clears,
    sum(c.sherpas)::integer as sherpas, sum(c.time)::integer as time
  from (
    select
      s.membership_id, s.activity_id, s.finished::integer as clears, coalesce(s.fresh, false)::integer as fresh_clears,
      s.sherpas, s.time_played_seconds as time
    from seat as s
    union all
    select r.membership_id, r.activity_id, 0, 0, r.sherpas - r.before, 0
    from revised as r
  ) as c
  group by c.membership_id, c.activity_id
), fastest as materialized (
  -- Of equally fast ones the earlier counts.
  select n.membership_id, n.activity_id, n.instance_id, n.duration
  from (
    select distinct on (p.membership_id, p.activity_id)
      p.membership_id, p.activity_id, p.instance_id, p.duration, p.date_completed
    from part as p
    where p.fresh
    order by p.membership_id, p.activity_id, p.duration, p.date_completed, p.instance_id
  ) as n
  left join lateral (
    select i.instance_id, i.duration, i.date_completed
    from core.player_stats as s
    join core.instance as i on i.instance_id = s.fastest_instance_id
    where s.membership_id = n.membership_id
      and s.activity_id = n.activity_id
    limit 1
  ) as i on true
  where i.instance_id is null
    or (n.duration, n.date_completed, n.instance_id) < (i.duration, i.date_completed, i.instance_id)
), stats as (
  insert into core.player_stats as s (
    membership_id, activity_id, clears, fresh_clears, sherpas, total_time_played_seconds, fastest_instance_id
  )
  select c.membership_id, c.activity_id, c.clears, c.fresh_clears, c.sherpas, c.time, f.instance_id
  from change as c
  left join fastest as f using (membership_id, activity_id)
  on conflict (membership_id, activity_id) do update
  set clears = s.clears + excluded.clears,
      fresh_clears = s.fresh_clears + excluded.fresh_clears,
      sherpas = s.sherpas + excluded.sherpas,
      total_time_played_seconds = s.total_time_played_seconds + excluded.total_time_played_seconds,
      fastest_instance_id = coalesce(excluded.fastest_instance_id, s.fastest_instance_id)
), best as (
  select
    b.membership_id,
    case when count(*) = (select count(*) from definitions.activity_definition where is_raid and not is_sunset)
      then sum(b.duration)
    end as sum_of_best
  from (
    select f.membership_id, f.activity_id, f.duration
    from fastest as f
    union all
    select f.membership_id, s.activity_id, s.duration
    from (select distinct f.membership_id from fastest as f) as f
    cross join lateral (
      select s.activity_id, i.duration
      from core.player_stats as s
      join core.instance as i on i.instance_id = s.fastest_instance_id
      where s.membership_id = f.membership_id
      offset 0
    ) as s
    where (f.membership_id, s.activity_id) not in (select f.membership_id, f.activity_id from fastest as f)
  ) as b
  join definitions.activity_definition as a on a.id = b.activity_id and a.is_raid and not a.is_sunset
  group by b.membership_id
), news as (
  select
    p.membership_id, min(p.first_seen) as first_seen, max(p.last_seen) as last_seen,
    (array_agg(p.membership_type order by p.last_seen desc, p.instance_id)
      filter (where p.membership_type is not null))[1] as membership_type,
    (array_agg(p.icon_path order by p.last_seen desc, p.instance_id)
      filter (where p.icon_path is not null))[1] as icon_path,
    (array_agg(p.display_name order by p.last_seen desc, p.instance_id)
      filter (where p.display_name is not null))[1] as display_name,
    (array_agg(p.bungie_global_display_name order by p.last_seen desc, p.instance_id)
      filter (where p.bungie_global_display_name is not null))[1] as bungie_global_display_name,
    (array_agg(p.bungie_global_display_name_code order by p.last_seen desc, p.instance_id)
      filter (where p.bungie_global_display_name_code is not null))[1] as bungie_global_display_name_code
  from part as p
  group by p.membership_id
), totals as (
  select
    c.membership_id, sum(c.clears)::integer as clears, sum(c.fresh_clears)::integer as fresh_clears,
    sum(c.sherpas)::integer as sherpas, sum(c.time)::integer as time
  from change as c
  group by c.membership_id
), told as (
  update core.player as w
  set membership_type = case when n.last_seen >= w.last_seen
        then coalesce(n.membership_type, w.membership_type)
        else coalesce(w.membership_type, n.membership_type)
      end,
      icon_path = case when n.last_seen >= w.last_seen
        then coalesce(n.icon_path, w.icon_path)
        else coalesce(w.icon_path, n.icon_path)
      end,
      display_name = case when n.last_seen >= w.last_seen
        then coalesce(n.display_name, w.display_name)
        else coalesce(w.display_name, n.display_name)
      end,
      bungie_global_display_name = case when n.last_seen >= w.last_seen
        then coalesce(n.bungie_global_display_name, w.bungie_global_display_name)
        else coalesce(w.bungie_global_display_name, n.bungie_global_display_name)
      end,
      bungie_global_display_name_code = case when n.last_seen >= w.last_seen
        then coalesce(n.bungie_global_display_name_code, w.bungie_global_display_name_code)
        else coalesce(w.bungie_global_display_name_code, n.bungie_global_display_name_code)
      end,
      first_seen = least(w.first_seen, n.first_seen),
      last_seen = greatest(w.last_seen, n.last_seen),
      clears = w.clears + t.clears,
      fresh_clears = w.fresh_clears + t.fresh_clears,
      sherpas = w.sherpas + t.sherpas,
      total_time_played_seconds = w.total_time_played_seconds + t.time,
      sum_of_best = coalesce(b.sum_of_best, w.sum_of_best)
  from totals as t
  left join news as n using (membership_id)
  left join best as b using (membership_id)
  where w.membership_id = t.membership_id
    and w.membership_id = any(array(select c.membership_id from change as c))
)
select f.membership_id as "membership_id!"
from first_clear as f
