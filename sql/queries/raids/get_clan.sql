-- Return a clan with its place among others and the members that are known; nothing for an unknown one.
-- returns: maybe
select
  c.group_id::text as group_id, c.name, c.call_sign, c.motto, c.clan_banner_data, c.updated_at,
  b.known_member_count, b.clears, b.average_clears::float8 as average_clears, b.fresh_clears,
  b.average_fresh_clears::float8 as average_fresh_clears, b.sherpas, b.average_sherpas::float8 as average_sherpas,
  b.time_played_seconds, b.average_time_played_seconds::float8 as average_time_played_seconds,
  b.total_contest_score, b.weighted_contest_score, t.members
from clan.clan as c
left join leaderboard.clan_leaderboard as b on b.group_id = c.group_id
cross join lateral (
  select coalesce(
    json_agg(
      json_build_object(
        'membership_id', p.membership_id::text,
        'membership_type', p.membership_type,
        'bungie_name', p.bungie_name,
        'icon_path', p.icon_path,
        'last_seen', p.last_seen,
        'clears', p.clears,
        'fresh_clears', p.fresh_clears,
        'sherpas', p.sherpas,
        'total_time_played_seconds', p.total_time_played_seconds,
        'wfr_score', p.wfr_score
      )
      order by p.wfr_score desc, p.clears desc, p.membership_id
    ),
    '[]'
  ) as members
  from clan.clan_members as m
  join core.player as p on p.membership_id = m.membership_id
  where m.group_id = c.group_id
) as t
where c.group_id = :group_id
