-- Return a player with all raids they played; nothing for an unknown player.
-- Ranks are those of the last computation, null for who does not stand on the leaderboard; of contests for the
-- world's first, the best place in each is told, down to the 500th.
-- returns: maybe
select
  p.membership_id::text as membership_id, p.membership_type, p.icon_path, p.bungie_name, p.first_seen,
  p.last_seen, p.clears, p.fresh_clears, p.sherpas, p.total_time_played_seconds, p.sum_of_best, p.wfr_score,
  p.cheat_level, p.is_private, b.clears_rank, b.fresh_clears_rank, b.sherpas_rank, b.speed_rank, b.wfr_score_rank,
  t.activities, w.world_first_entries
from core.player as p
left join leaderboard.individual_global_leaderboard as b on b.membership_id = p.membership_id
cross join lateral (
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'activity_id', s.activity_id,
        'clears', s.clears,
        'fresh_clears', s.fresh_clears,
        'sherpas', s.sherpas,
        'total_time_played_seconds', s.total_time_played_seconds,
        'fastest_instance_id', s.fastest_instance_id::text,
        'fastest_seconds', i.duration
      )
      order by s.activity_id
    ),
    '[]'
  ) as activities
  from core.player_stats as s
  left join core.instance as i on i.instance_id = s.fastest_instance_id
  where s.membership_id = p.membership_id
) as t
cross join lateral (
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'activity_id', e.activity_id,
        'rank', e.rank,
        'instance_id', e.instance_id::text,
        'time_after_launch', e.time_after_launch,
        'is_challenge_mode', e.is_challenge_mode
      )
      order by e.activity_id
    ),
    '[]'
  ) as world_first_entries
  from (
    select distinct on (c.activity_id)
      c.activity_id, c.rank, c.instance_id, c.time_after_launch, c.is_challenge_mode
    from leaderboard.world_first_contest_leaderboard as c
    where c.membership_ids @> to_jsonb(:membership_id::bigint)
      and c.rank <= 500
    order by c.activity_id, c.position
  ) as e
) as w
where p.membership_id = :membership_id
