-- Count what everybody did in each raid anew; tell how many rows were wrong.
-- returns: count
-- writes: core.player_stats
-- scan: everything is looked at
insert into core.player_stats as t (
  membership_id, activity_id, clears, fresh_clears, sherpas, total_time_played_seconds, fastest_instance_id
)
select
  s.membership_id, v.activity_id,
  count(*) filter (where s.completed),
  count(*) filter (where s.completed and i.fresh),
  sum(s.sherpas),
  sum(s.time_played_seconds),
  (array_agg(i.instance_id order by i.duration, i.date_completed, i.instance_id)
    filter (where s.completed and i.fresh))[1]
from core.instance_player as s
join core.instance as i on i.instance_id = s.instance_id
join definitions.activity_version as v on v.hash = i.hash
group by s.membership_id, v.activity_id
on conflict (membership_id, activity_id) do update
set clears = excluded.clears,
    fresh_clears = excluded.fresh_clears,
    sherpas = excluded.sherpas,
    total_time_played_seconds = excluded.total_time_played_seconds,
    fastest_instance_id = excluded.fastest_instance_id
where (t.clears, t.fresh_clears, t.sherpas, t.total_time_played_seconds, t.fastest_instance_id)
  is distinct from (
    excluded.clears, excluded.fresh_clears, excluded.sherpas, excluded.total_time_played_seconds,
    excluded.fastest_instance_id
  )
