-- List verified runs that are shown in Discord, newest first; only the run that counts for its player has a rank.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: LatestCompletionResponse
-- scan: the number of all of them is part of the answer
with page as (
  select
    c.id,
    c.map_id,
    c.user_id,
    c.time,
    c.screenshot,
    c.video,
    c.message_id,
    c.completion as partial,
    false as legacy,
    c.legacy_medal,
    c.inserted_at,
    count(*) over () as total_results
  from core.completions as c
  join core.maps as m on m.id = c.map_id
  where c.verified and c.message_id is not null and not coalesce(c.legacy, false) and m.code is not null
  order by c.inserted_at desc, c.id desc
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
  r.rank as rank,
  case when r.rank is not null then maps.medal(p.time, d.gold, d.silver, d.bronze) end as medal,
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
left join lateral (
  select count(o.id) + 1 as rank
  from completions.standings as s
  left join completions.standings as o
    on o.map_id = s.map_id and not o.partial and o.legacy = s.legacy and o.time < s.time
  where s.map_id = p.map_id and s.user_id = p.user_id and s.id = p.id and not s.partial
  having count(s.id) > 0
) as r on true
order by p.inserted_at desc, p.id desc
