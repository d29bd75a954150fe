-- Sum up everybody's raids anew; tell how many rows were wrong.
-- returns: count
-- writes: core.player
-- scan: everything is looked at
with totals as (
  select
    p.membership_id,
    coalesce(sum(s.clears), 0) as clears,
    coalesce(sum(s.fresh_clears), 0) as fresh_clears,
    coalesce(sum(s.sherpas), 0) as sherpas,
    coalesce(sum(s.total_time_played_seconds), 0) as time,
    case
      when count(i.duration) filter (where a.is_raid and not a.is_sunset)
        = (select count(*) from definitions.activity_definition where is_raid and not is_sunset)
        then sum(i.duration) filter (where a.is_raid and not a.is_sunset)
    end as sum_of_best
  from core.player as p
  left join core.player_stats as s on s.membership_id = p.membership_id
  left join definitions.activity_definition as a on a.id = s.activity_id
  left join core.instance as i on i.instance_id = s.fastest_instance_id
  group by p.membership_id
)
update core.player as p
set clears = t.clears,
    fresh_clears = t.fresh_clears,
    sherpas = t.sherpas,
    total_time_played_seconds = t.time,
    sum_of_best = t.sum_of_best
from totals as t
where p.membership_id = t.membership_id
  and (p.clears, p.fresh_clears, p.sherpas, p.total_time_played_seconds, p.sum_of_best)
    is distinct from (t.clears, t.fresh_clears, t.sherpas, t.time, t.sum_of_best)
