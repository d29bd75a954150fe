-- Add a map under another code that is the same as one that is there and linked to it; tried first when it is official.
-- returns: one
-- writes: core.maps, maps.creators, maps.mechanic_links, maps.restriction_links, maps.tag_links, maps.medals, playtests.meta
with cloned as (
  insert into core.maps (
    code, map_name, category, checkpoints, official, playtesting, hidden, difficulty, raw_difficulty,
    description, title, custom_banner, linked_code
  )
  select
    :code, m.map_name, m.category, m.checkpoints, :official,
    case when :official then 'In Progress'::public.playtest_status else 'Approved' end,
    :official, m.difficulty, m.raw_difficulty, m.description, m.title, m.custom_banner, m.code
  from core.maps as m
  where m.id = :map_id
  returning id, raw_difficulty
),
creators as (
  insert into maps.creators (map_id, user_id, is_primary)
  select n.id, c.user_id, c.is_primary
  from cloned as n
  join maps.creators as c on c.map_id = :map_id
),
mechanics as (
  insert into maps.mechanic_links (map_id, mechanic_id)
  select n.id, l.mechanic_id
  from cloned as n
  join maps.mechanic_links as l on l.map_id = :map_id
),
restrictions as (
  insert into maps.restriction_links (map_id, restriction_id)
  select n.id, l.restriction_id
  from cloned as n
  join maps.restriction_links as l on l.map_id = :map_id
),
tags as (
  insert into maps.tag_links (map_id, tag_id)
  select n.id, l.tag_id
  from cloned as n
  join maps.tag_links as l on l.map_id = :map_id
),
medals as (
  insert into maps.medals (map_id, gold, silver, bronze)
  select n.id, d.gold, d.silver, d.bronze
  from cloned as n
  join maps.medals as d on d.map_id = :map_id
),
playtest as (
  insert into playtests.meta (map_id, initial_difficulty)
  select n.id, n.raw_difficulty
  from cloned as n
  where :official
  returning id
)
select n.id as map_id, (select p.id from playtest as p) as playtest_id
from cloned as n
