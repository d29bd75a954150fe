-- Tell the rank and medal of an accepted full run among the latest verified full runs of its map, and give what the run
-- earns on an official map: XP, that of a world record once for a player and a map, and the mastery medal of the map's name.
-- Columns of what there is not are null.
-- returns: one
-- type: medal = Medal
-- type: kind = XpType
-- writes: core.completions, lootbox.xp, maps.mastery
with standing as materialized (
  select
    (
      select count(*) + 1
      from completions.current as o
      where o.map_id = s.map_id and not o.partial and not o.legacy and o.time < s.time
    ) as rank,
    maps.medal(s.time, d.gold, d.silver, d.bronze) as medal,
    n.name
  from completions.current as s
  join users.names as n on n.user_id = s.user_id
  left join maps.medals as d on d.map_id = s.map_id
  where :full::boolean and s.map_id = :map_id and s.user_id = :user_id and not s.partial and not s.legacy
),
earned as (
  select k.kind, floor(a.amount * m.value)::integer as added
  from (
    select case
      when not exists(select from standing) then 'Completion'
      when (select s.rank = 1 and completions.claim_record_xp(:completion_id) from standing as s) then 'World Record'
      else 'Record'
    end as kind
    where :official::boolean
  ) as k
  join (
    values
      ('Completion', :completion_xp::integer),
      ('Record', :record_xp::integer),
      ('World Record', :world_record_xp::integer)
  ) as a (kind, amount) on a.kind = k.kind
  cross join lootbox.xp_multiplier as m
),
given as (
  insert into lootbox.xp as x (user_id, amount, type)
  select :user_id, e.added, e.kind
  from earned as e
  on conflict (user_id) do update
  set amount = x.amount + excluded.amount, type = excluded.type
  returning x.amount
),
mastered as (
  insert into maps.mastery as y (user_id, map_name, medal)
  select :user_id, :map_name, maps.mastery_level(count(*))
  from core.maps as m
  where m.map_name = :map_name
    and exists(select from core.completions as c where c.map_id = m.id and c.user_id = :user_id)
  having :official::boolean and :map_name <> 'Adlersbrunn'
  on conflict (user_id, map_name) do update
  set medal = excluded.medal
  where y.medal <> excluded.medal
  returning y.medal
)
select
  s.rank as "rank?",
  s.medal as "medal?",
  s.name as "name?",
  e.kind as "kind?",
  g.amount - e.added as "previous_amount?",
  g.amount as "new_amount?",
  y.medal as "mastery?"
from (values (true)) as one
left join standing as s on true
left join earned as e on true
left join given as g on true
left join mastered as y on true
