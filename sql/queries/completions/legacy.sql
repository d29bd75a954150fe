-- List the latest verified legacy run of every player on a map, fastest first, with the medal it had.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: LegacyCompletionResponse
with latest as (
  select distinct on (c.user_id) c.id, c.completion as partial, c.time, c.inserted_at
  from core.maps as m
  join core.completions as c on c.map_id = m.id
  where m.code = :code and c.legacy and c.verified
  order by c.user_id, c.inserted_at desc
),
page as (
  select
    l.*,
    case when not l.partial then rank() over (partition by l.partial order by l.time) end as rank,
    count(*) over () as total_results
  from latest as l
  order by l.partial, l.time, l.inserted_at
  limit :size offset :skip
)
select
  k.code as "code!",
  k.user_id as user_id,
  k.name as name,
  k.also_known_as as also_known_as,
  k.time as time,
  k.screenshot as screenshot,
  k.video,
  k.partial as completion,
  true as verified,
  p.rank as rank,
  k.legacy_medal as medal,
  k.map_name as map_name,
  k.difficulty as difficulty,
  k.message_id,
  k.legacy as legacy,
  k.legacy_medal,
  k.suspicious,
  p.total_results as total_results,
  k.upvotes,
  p.id as id
from page as p
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all runs for them.
cross join lateral (select c.* from completions.cards as c where c.id = p.id offset 0) as k
order by p.partial, p.time, p.inserted_at
