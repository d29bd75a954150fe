-- Keep off the leaderboards what blacklisted players, seen in the last two weeks, had a part in: what was flagged,
-- what they did in their last 60 days, and of their last year what stands on a leaderboard of teams.
-- returns: count
-- writes: flagging.blacklist_instance, flagging.blacklist_instance_player
-- scan: leaderboards of teams are small, and read once
with seats as materialized (
  select s.instance_id, s.membership_id
  from core.player as p
  join core.instance_player as s on s.membership_id = p.membership_id
  join core.instance as i on i.instance_id = s.instance_id
  left join lateral (
    select max(f.cheat_probability) as chance
    from flagging.flag_instance as f
    where f.instance_id = i.instance_id
  ) as whole on true
  left join lateral (
    select max(f.cheat_probability) as chance
    from flagging.flag_instance_player as f
    where f.instance_id = i.instance_id
      and f.membership_id = p.membership_id
  ) as own on true
  where p.cheat_level = 4
    and not p.is_whitelisted
    and not i.is_whitelisted
    and p.last_seen >= now() - interval '14 days'
    and (
      whole.chance >= 0.75
      or own.chance >= 0.5
      or (
        (
          i.player_count = 1
          or s.time_played_seconds >= 300
          or s.time_played_seconds >= 0.3 * i.duration
          or s.completed
          or whole.chance >= 0.25
          or own.chance >= 0.1
        )
        and (
          i.date_completed >= p.last_seen - interval '60 days'
          or (
            i.date_completed >= p.last_seen - interval '1 year'
            and i.instance_id in (
              select t.instance_id
              from leaderboard.team_activity_version_leaderboard as t
              union all
              select w.instance_id
              from leaderboard.world_first_contest_leaderboard as w
            )
          )
        )
      )
    )
), listed as (
  insert into flagging.blacklist_instance (instance_id, report_source, reason)
  select distinct s.instance_id, 'BlacklistedPlayerCascade'::flagging.blacklist_report_source,
    'A blacklisted player took part'
  from seats as s
  on conflict (instance_id) do nothing
)
insert into flagging.blacklist_instance_player (instance_id, membership_id, reason)
select s.instance_id, s.membership_id, 'Blacklisted'
from seats as s
on conflict (instance_id, membership_id) do nothing
