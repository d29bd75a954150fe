-- Take the instances that nobody stored before, with their reports; an unknown hash is told and not stored.
-- Two that store the same instance wait for each other here, before either holds a player.
-- returns: many
-- writes: core.instance, raw.pgcr
with given as materialized (
  select i.*, r.data, v.activity_id, v.version_id
  from jsonb_to_recordset(:instances) as i (
    instance_id bigint, hash bigint, score integer, flawless boolean, completed boolean, fresh boolean,
    player_count integer, date_started timestamptz, date_completed timestamptz, duration integer,
    platform_type integer, skull_hashes bigint[]
  )
  join unnest(:instance_ids::bigint[], :reports::bytea[]) as r (instance_id, data) using (instance_id)
  left join definitions.activity_version as v using (hash)
), taken as (
  insert into core.instance (
    instance_id, hash, score, flawless, completed, fresh, player_count, date_started, date_completed, duration,
    platform_type, season_id, skull_hashes
  )
  select
    g.instance_id, g.hash, g.score, g.flawless, g.completed, g.fresh, g.player_count, g.date_started,
    g.date_completed, g.duration, g.platform_type, definitions.get_season(g.date_completed), g.skull_hashes
  from given as g
  where g.activity_id is not null
  order by g.instance_id
  on conflict (instance_id) do nothing
  returning instance_id
), kept as (
  insert into raw.pgcr (instance_id, data)
  select g.instance_id, g.data
  from taken
  join given as g using (instance_id)
  on conflict (instance_id) do nothing
)
select
  g.instance_id, t.instance_id is not null as is_new, g.activity_id is not null as is_known, a.path as activity,
  d.path as version
from given as g
left join taken as t using (instance_id)
left join definitions.activity_definition as a on a.id = g.activity_id
left join definitions.version_definition as d on d.id = g.version_id
