-- Tell whether a player was given the XP of a world record on a map.
-- returns: scalar
select exists(
  select
  from core.maps as m
  join core.completions as c on c.map_id = m.id
  where m.code = :code and c.user_id = :user_id and c.wr_xp_check and not coalesce(c.legacy, false)
) as paid
