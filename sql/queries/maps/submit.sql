-- Add a map with all that belongs to it, and its playtest when it is to be tried first.
-- returns: one
-- writes: core.maps, maps.creators, maps.mechanic_links, maps.restriction_links, maps.tag_links, maps.medals, playtests.meta
with submitted as (
  insert into core.maps (
    code, map_name, category, checkpoints, official, playtesting, hidden, difficulty, raw_difficulty,
    description, title, custom_banner
  )
  values (
    :code, :map_name, :category, :checkpoints, :official, :playtesting, :hidden, :difficulty, :raw_difficulty,
    :description, :title, :custom_banner
  )
  returning id, playtesting
),
creators as (
  insert into maps.creators (map_id, user_id, is_primary)
  select s.id, c.user_id, c.is_primary
  from submitted as s
  cross join unnest(:creator_ids::bigint[], :creator_primaries::boolean[]) as c (user_id, is_primary)
),
mechanics as (
  insert into maps.mechanic_links (map_id, mechanic_id)
  select s.id, m.id
  from submitted as s
  join maps.mechanics as m on m.name = any(:mechanics::text[])
),
restrictions as (
  insert into maps.restriction_links (map_id, restriction_id)
  select s.id, r.id
  from submitted as s
  join maps.restrictions as r on r.name = any(:restrictions::text[])
),
tags as (
  insert into maps.tag_links (map_id, tag_id)
  select s.id, t.id
  from submitted as s
  join maps.tags as t on t.name = any(:tags::text[])
),
medals as (
  insert into maps.medals (map_id, gold, silver, bronze)
  select s.id, :gold::numeric, :silver::numeric, :bronze::numeric
  from submitted as s
  where :gold::numeric is not null and :silver::numeric is not null and :bronze::numeric is not null
),
playtest as (
  insert into playtests.meta (map_id, initial_difficulty)
  select s.id, :raw_difficulty
  from submitted as s
  where s.playtesting = 'In Progress'
  returning id
)
select s.id as map_id, (select p.id from playtest as p) as playtest_id
from submitted as s
