-- List the runs of one player that lead their maps, easiest map first.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: WorldRecordResponse
with page as (
  select s.*, m.raw_difficulty, count(*) over () as total_results
  from completions.standings as s
  join core.maps as m on m.id = s.map_id
  where s.user_id = :user_id
    and not s.partial
    and not s.legacy
    and m.code is not null
    and s.time <= (
      select min(o.time)
      from completions.standings as o
      where o.map_id = s.map_id and not o.partial and not o.legacy
    )
    /*[ and m.archived = :archived ]*/
)
select
  m.code as "code!",
  p.user_id as user_id,
  n.name as name,
  n.also_known_as as also_known_as,
  p.time::float8 as time,
  p.screenshot as screenshot,
  p.video,
  p.partial as completion,
  true as verified,
  1 as rank,
  maps.medal(p.time, d.gold, d.silver, d.bronze) as medal,
  m.map_name,
  m.difficulty,
  p.message_id,
  p.legacy as legacy,
  p.legacy_medal,
  exists(select from users.suspicious_flags as f where f.completion_id = p.id) as suspicious,
  p.total_results as total_results,
  (select count(*) from completions.upvotes as u where u.message_id = p.message_id) as upvotes,
  p.id as id
from page as p
join core.maps as m on m.id = p.map_id
join users.names as n on n.user_id = p.user_id
left join maps.medals as d on d.map_id = p.map_id
order by p.raw_difficulty, m.code
