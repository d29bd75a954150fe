-- Return the rank and medal of a verified full run among the latest verified full runs of its map, and its player's name.
-- returns: maybe
-- type: medal = Medal
select
  (
    select count(*) + 1
    from completions.current as o
    where o.map_id = s.map_id and not o.partial and not o.legacy and o.time < s.time
  ) as rank,
  maps.medal(s.time, d.gold, d.silver, d.bronze) as medal,
  n.name as name
from completions.current as s
join users.names as n on n.user_id = s.user_id
left join maps.medals as d on d.map_id = s.map_id
where s.map_id = :map_id and s.user_id = :user_id and not s.partial and not s.legacy
