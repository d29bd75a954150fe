-- Return the shortest, longest and average time of a map's verified runs; nulls without any, nothing without the map.
-- returns: maybe
-- row: MapCompletionStatisticsResponse
select
  min(c.time)::float8 as min,
  max(c.time)::float8 as max,
  round(avg(c.time), 2)::float8 as avg
from core.maps as m
left join core.completions as c on c.map_id = m.id and c.verified and c.time < 99999999
where m.code = :code
group by m.id
