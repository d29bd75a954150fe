-- List the leaderboard of a map: ranked runs by time, then partial ones, legacy runs behind all others.
-- A size of 0 means all of them.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: CompletionResponse
with ranked as (
  select
    s.*,
    case
      when not s.partial then rank() over (partition by s.legacy, s.partial order by s.time)
    end as rank,
    count(*) over () as total_results
  from completions.standings as s
  where s.map_id = (select m.id from core.maps as m where m.code = :code)
),
page as (
  select r.*
  from ranked as r
  order by r.legacy, r.partial, r.time, r.inserted_at
  limit nullif(:size::bigint, 0) offset :skip
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
  p.rank,
  case when p.rank is not null then maps.medal(p.time, d.gold, d.silver, d.bronze) end as medal,
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
order by p.legacy, p.partial, p.time, p.inserted_at
