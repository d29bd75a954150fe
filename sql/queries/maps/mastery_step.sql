-- Count the maps of one map name that a player has submitted runs of, write the medal this earns, and tell what it was.
-- returns: maybe
-- writes: maps.mastery
with earned as (
  select maps.mastery_level(count(distinct c.map_id)) as medal
  from core.completions as c
  -- Kept a subquery: to look up the player's maps takes less than to read all maps for those of the name.
  cross join lateral (select m.map_name from core.maps as m where m.id = c.map_id offset 0) as m
  where c.user_id = :user_id and m.map_name = :map_name
)
insert into maps.mastery as y (user_id, map_name, medal)
select :user_id, :map_name, e.medal
from earned as e
where :map_name <> 'Adlersbrunn'
on conflict (user_id, map_name) do update
set medal = excluded.medal
where y.medal <> excluded.medal
returning y.medal, (xmax = 0) as inserted
