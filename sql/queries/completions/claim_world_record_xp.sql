-- Mark that a player was given the XP of a world record on a map; returns 0 when that was done before.
-- returns: count
-- writes: core.completions
update core.completions as c
set wr_xp_check = true
where c.id = :completion_id
  and not exists (
    select from core.completions as o
    where o.map_id = c.map_id and o.user_id = c.user_id and o.wr_xp_check and not coalesce(o.legacy, false)
  )
