-- Set all first clears, and the sherpas that follow from them, anew; tell how many rows were wrong.
-- returns: count
-- writes: core.instance_player
-- scan: everything is looked at
with ranked as (
  select
    s.instance_id, s.membership_id, s.completed,
    s.completed and row_number() over (
      partition by s.membership_id, v.activity_id, s.completed
      order by i.date_completed, i.instance_id
    ) = 1 as is_first_clear
  from core.instance_player as s
  join core.instance as i on i.instance_id = s.instance_id
  join definitions.activity_version as v on v.hash = i.hash
), counted as (
  select r.*, count(*) filter (where r.is_first_clear) over (partition by r.instance_id)::integer as newcomers
  from ranked as r
)
update core.instance_player as s
set is_first_clear = c.is_first_clear,
    sherpas = case when c.completed and not c.is_first_clear then c.newcomers else 0 end
from counted as c
where s.instance_id = c.instance_id
  and s.membership_id = c.membership_id
  and (s.is_first_clear, s.sherpas) <> (
    c.is_first_clear, case when c.completed and not c.is_first_clear then c.newcomers else 0 end
  )
