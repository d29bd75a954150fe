-- Count a look at a map, one a day for each address; returns whether there is such a map.
-- returns: value
-- writes: maps.clicks
-- null: user_id
with target as (
  select m.id
  from core.maps as m
  where m.code = :code
),
logged as (
  insert into maps.clicks (map_id, user_id, source, ip_hash)
  select t.id, :user_id::bigint, :source::text, :ip_hash::text
  from target as t
  on conflict (map_id, ip_hash, day_bucket) do nothing
)
select exists(select from target) as known
