-- List the creators of at least three rated maps, best average quality first; every map counts alike.
-- returns: many
-- row: TopCreatorsResponse
with rated as (
  select r.map_id, round(avg(r.quality), 2) as quality
  from maps.ratings as r
  join core.maps as m on m.id = r.map_id
  where r.verified and m.official and not m.archived and m.code is not null
  group by r.map_id
)
select
  count(*) as map_count,
  n.name,
  avg(r.quality)::float8 as average_quality
from rated as r
join maps.creators as c on c.map_id = r.map_id
join users.names as n on n.user_id = c.user_id
group by c.user_id, n.name
having count(*) >= 3
order by avg(r.quality) desc, c.user_id
