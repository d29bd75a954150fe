-- Count the maps of one map name that a player has submitted runs of, write the medal this earns, and tell what it was.
-- returns: maybe
-- writes: maps.mastery
with progress as (
  select count(distinct c.map_id) as amount
  from core.completions as c
  join core.maps as m on m.id = c.map_id
  where c.user_id = :user_id and m.map_name = :map_name
),
earned as (
  select
    p.amount,
    case
      when p.amount >= 30 then 'Prodigy'
      when p.amount >= 25 then 'Specialist'
      when p.amount >= 20 then 'Pathfinder'
      when p.amount >= 15 then 'Trailblazer'
      when p.amount >= 10 then 'Explorer'
      when p.amount >= 5 then 'Rookie'
      else 'Placeholder'
    end as medal
  from progress as p
)
insert into maps.mastery as y (user_id, map_name, medal)
select :user_id, :map_name, e.medal
from earned as e
where :map_name <> 'Adlersbrunn'
on conflict (user_id, map_name) do update
set medal = excluded.medal
where y.medal <> excluded.medal
returning y.medal, (xmax = 0) as inserted
