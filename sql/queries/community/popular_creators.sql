-- List the creators of at least three rated maps, best average quality first; every map counts alike.
-- returns: many
-- row: TopCreatorsResponse
with rated as (
  select
    c.user_id,
    count(*) as map_count,
    -- Each map's average is rounded to hundredths; as whole numbers these are added up much quicker.
    round(sum((200 * r.verified_total + r.verified_amount) / (2 * r.verified_amount)) / 100, 2) / count(*) as quality
  from maps.rating_totals as r
  join core.maps as m on m.id = r.map_id
  join maps.creators as c on c.map_id = r.map_id
  where r.verified_amount > 0 and m.official and not m.archived and m.code is not null
  group by c.user_id
  having count(*) >= 3
)
select
  r.map_count,
  n.name,
  r.quality::float8 as average_quality
from rated as r
join users.names as n on n.user_id = r.user_id
order by r.quality desc, r.user_id
