-- Write a map with all that belongs to it in place of what was there.
-- returns: none
-- writes: core.maps, maps.creators, maps.mechanic_links, maps.restriction_links, maps.tag_links, maps.medals, playtests.meta
with edited as (
  update core.maps
  set
    code = :code,
    map_name = :map_name,
    category = :category,
    checkpoints = :checkpoints,
    official = :official,
    playtesting = :playtesting,
    hidden = :hidden,
    archived = :archived,
    raw_difficulty = :raw_difficulty,
    description = :description,
    title = :title,
    custom_banner = :custom_banner
  where id = :map_id
),
old_creators as (
  delete from maps.creators
  where map_id = :map_id and user_id <> all(:creator_ids::bigint[])
),
creators as (
  insert into maps.creators (map_id, user_id, is_primary)
  select :map_id, c.user_id, c.is_primary
  from unnest(:creator_ids::bigint[], :creator_primaries::boolean[]) as c (user_id, is_primary)
  on conflict (map_id, user_id) do update
  set is_primary = excluded.is_primary
),
old_mechanics as (
  delete from maps.mechanic_links as l
  using maps.mechanics as m
  where l.map_id = :map_id and m.id = l.mechanic_id and m.name <> all(:mechanics::text[])
),
mechanics as (
  insert into maps.mechanic_links (map_id, mechanic_id)
  select :map_id, m.id
  from maps.mechanics as m
  where m.name = any(:mechanics::text[])
  on conflict do nothing
),
old_restrictions as (
  delete from maps.restriction_links as l
  using maps.restrictions as r
  where l.map_id = :map_id and r.id = l.restriction_id and r.name <> all(:restrictions::text[])
),
restrictions as (
  insert into maps.restriction_links (map_id, restriction_id)
  select :map_id, r.id
  from maps.restrictions as r
  where r.name = any(:restrictions::text[])
  on conflict do nothing
),
old_tags as (
  delete from maps.tag_links as l
  using maps.tags as t
  where l.map_id = :map_id and t.id = l.tag_id and t.name <> all(:tags::text[])
),
tags as (
  insert into maps.tag_links (map_id, tag_id)
  select :map_id, t.id
  from maps.tags as t
  where t.name = any(:tags::text[])
  on conflict do nothing
),
old_medals as (
  delete from maps.medals
  where map_id = :map_id and :gold::numeric is null
),
medals as (
  insert into maps.medals (map_id, gold, silver, bronze)
  select :map_id, :gold::numeric, :silver::numeric, :bronze::numeric
  where :gold::numeric is not null and :silver::numeric is not null and :bronze::numeric is not null
  on conflict (map_id) do update
  set gold = excluded.gold, silver = excluded.silver, bronze = excluded.bronze
)
update playtests.meta as p
set initial_difficulty = :raw_difficulty
from core.maps as m
where m.id = :map_id
  and p.map_id = m.id
  and p.thread_id is not null
  and not coalesce(p.completed, false)
  and m.playtesting = 'In Progress'
  and m.raw_difficulty <> :raw_difficulty
