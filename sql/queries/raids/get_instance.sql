-- Return an instance with everybody who played, their characters and weapons; nothing when it is not stored.
-- Where a raid has a version for its contest (32), only that one was the contest; the rank is the one in the contest
-- for the world's first, else among the first teams of the version.
-- returns: maybe
select
  i.instance_id::text as instance_id, i.hash, v.activity_id, v.version_id, a.name as activity_name,
  d.name as version_name, i.score, i.flawless, i.completed, i.fresh, i.player_count, i.date_started,
  i.date_completed, i.duration, i.platform_type, i.season_id, i.skull_hashes,
  i.date_completed < coalesce(a.day_one_end, 'epoch') as is_day_one,
  i.date_completed < coalesce(a.contest_end, 'epoch')
    and (
      v.version_id = 32
      or not exists (
        select
        from definitions.activity_version as o
        where o.activity_id = v.activity_id
          and o.version_id = 32
      )
    )
    as is_contest,
  i.date_completed < coalesce(a.week_one_end, 'epoch') as is_week_one,
  not i.is_whitelisted
    and exists (select from flagging.blacklist_instance as b where b.instance_id = i.instance_id)
    as is_blacklisted,
  case when i.skull_hashes && array[845104503, 2008962334]::bigint[] then 'Adventure' end as difficulty_tier,
  coalesce(
    (select c.rank from leaderboard.world_first_contest_leaderboard as c where c.instance_id = i.instance_id),
    (select c.rank from leaderboard.team_activity_version_leaderboard as c where c.instance_id = i.instance_id)
  ) as leaderboard_rank,
  t.players
from core.instance as i
join definitions.activity_version as v on v.hash = i.hash
join definitions.activity_definition as a on a.id = v.activity_id
join definitions.version_definition as d on d.id = v.version_id
cross join lateral (
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'membership_id', s.membership_id::text,
        'membership_type', p.membership_type,
        'bungie_name', p.bungie_name,
        'icon_path', p.icon_path,
        'completed', s.completed,
        'time_played_seconds', s.time_played_seconds,
        'sherpas', s.sherpas,
        'is_first_clear', s.is_first_clear,
        'characters', (
          select jsonb_agg(
            to_jsonb(c) - 'instance_id' - 'membership_id' || jsonb_build_object(
              'character_id', c.character_id::text,
              'weapons', (
                select coalesce(
                  jsonb_agg(
                    jsonb_build_object(
                      'weapon_hash', w.weapon_hash, 'kills', w.kills, 'precision_kills', w.precision_kills
                    )
                    order by w.kills desc, w.weapon_hash
                  ),
                  '[]'
                )
                from extended.instance_character_weapon as w
                where w.instance_id = c.instance_id
                  and w.membership_id = c.membership_id
                  and w.character_id = c.character_id
              )
            )
            order by c.start_seconds, c.character_id
          )
          from extended.instance_character as c
          where c.instance_id = s.instance_id
            and c.membership_id = s.membership_id
        )
      )
      order by s.completed desc, s.time_played_seconds desc, s.membership_id
    ),
    '[]'
  ) as players
  from core.instance_player as s
  join core.player as p on p.membership_id = s.membership_id
  where s.instance_id = i.instance_id
) as t
where i.instance_id = :instance_id
