-- List the latest verified legacy run of every player on a map, fastest first, with the medal it had.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: LegacyCompletionResponse
with latest as (
  select distinct on (c.user_id) c.*
  from core.maps as m
  join core.completions as c on c.map_id = m.id
  where m.code = :code and c.legacy and c.verified
  order by c.user_id, c.inserted_at desc
),
page as (
  select
    l.id,
    l.map_id,
    l.user_id,
    l.time,
    l.screenshot,
    l.video,
    l.message_id,
    l.completion as partial,
    true as legacy,
    l.legacy_medal,
    l.inserted_at,
    case when not l.completion then rank() over (partition by l.completion order by l.time) end as rank,
    count(*) over () as total_results
  from latest as l
  order by l.completion, l.time, l.inserted_at
  limit :size offset :skip
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
  p.rank as rank,
  p.legacy_medal as medal,
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
order by p.partial, p.time, p.inserted_at
