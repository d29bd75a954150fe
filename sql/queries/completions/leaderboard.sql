-- List the leaderboard of a map: ranked runs by time, then partial ones, legacy runs behind all others.
-- A size of 0 means all of them.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: CompletionResponse
with ranked as (
  select
    s.id,
    s.legacy,
    s.partial,
    s.time,
    s.inserted_at,
    case
      when not s.partial then rank() over (partition by s.legacy, s.partial order by s.time)
    end as rank,
    count(*) over () as total_results
  from completions.standings as s
  -- Not a join: only a value that is known before lets PostgreSQL read the runs of this map alone.
  where s.map_id = (select m.id from core.maps as m where m.code = :code)
),
page as (
  select r.*
  from ranked as r
  order by r.legacy, r.partial, r.time, r.inserted_at
  limit nullif(:size::bigint, 0) offset :skip
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
  p.rank,
  case when p.rank is not null then k.time_medal end as medal,
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
order by p.legacy, p.partial, p.time, p.inserted_at
