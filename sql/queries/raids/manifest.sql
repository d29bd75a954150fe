-- Return what the raids are: activities, the newest that can be played first, versions, hashes and feats.
-- ``version`` is that of Bungie's manifest which weapons and feats were read from.
-- returns: one
-- scan: all definitions are wanted
select
  (select m.version from definitions.manifest as m) as version,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'id', a.id, 'name', a.name, 'path', a.path, 'splash_path', a.splash_path, 'is_sunset', a.is_sunset,
          'is_raid', a.is_raid, 'release_date', a.release_date, 'day_one_end', a.day_one_end,
          'contest_end', a.contest_end, 'week_one_end', a.week_one_end, 'milestone_hash', a.milestone_hash
        )
        order by a.is_sunset, a.release_date desc, a.id
      ),
      '[]'
    )
    from definitions.activity_definition as a
  ) as activities,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'id', d.id, 'name', d.name, 'path', d.path, 'associated_activity_id', d.associated_activity_id,
          'is_challenge_mode', d.is_challenge_mode
        )
        order by d.id
      ),
      '[]'
    )
    from definitions.version_definition as d
  ) as versions,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'hash', v.hash, 'activity_id', v.activity_id, 'version_id', v.version_id,
          'is_world_first', v.is_world_first,
          'release_date', coalesce(v.release_date_override, a.release_date)
        )
        order by v.activity_id, v.version_id, v.hash
      ),
      '[]'
    )
    from definitions.activity_version as v
    join definitions.activity_definition as a on a.id = v.activity_id
  ) as hashes,
  (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'hash', f.hash, 'skull_hash', f.skull_hash, 'name', f.name, 'name_short', f.name_short,
          'description', f.description, 'description_short', f.description_short, 'icon_path', f.icon_path,
          'modifier_power_contribution', f.modifier_power_contribution
        )
        order by f.hash
      ),
      '[]'
    )
    from definitions.activity_feat_definition as f
  ) as feats
