-- Tell of every map name how many of its maps a player has runs of, and the level this earns.
-- returns: many
with played as (
  select m.map_name, count(distinct m.id) as amount
  from core.completions as c
  join core.maps as m on m.id = c.map_id
  where c.user_id = :user_id
  group by m.map_name
)
select
  n.name as map_name,
  coalesce(p.amount, 0) as amount,
  maps.mastery_level(coalesce(p.amount, 0)) as level
from maps.names as n
left join played as p on p.map_name = n.name
where n.name <> 'Adlersbrunn'
  /*[ and n.name = :map_name ]*/
order by n.name
