-- List the leaderboard of a map: ranked runs by time, then partial ones, legacy runs behind all others.
-- A size of null means all of them.
-- returns: many
-- null: size
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: CompletionResponse
with page as (
  select c.id, c.map_id, c.legacy, c.partial, c.time, c.inserted_at
  from completions.current as c
  -- Not a join: only a value that is known before lets PostgreSQL read the runs of this map alone, in their order.
  where c.map_id = (select m.id from core.maps as m where m.code = :code)
  order by c.legacy, c.partial, c.time, c.inserted_at, c.id
  limit :size offset :skip
),
-- A page is a piece of the order, so only how many are before it must be counted: those faster than its first run, and
-- those as fast, which may have begun on the page before.
firsts as (
  select
    f.legacy,
    f.time,
    count(*) filter (where c.time < f.time) as faster,
    count(*) - f.amount as before
  from (
    select p.map_id, p.legacy, min(p.time) as time, count(*) filter (where p.time = o.time) as amount
    from page as p
    join (select n.legacy, min(n.time) as time from page as n where not n.partial group by n.legacy) as o
      on o.legacy = p.legacy
    where not p.partial
    group by p.map_id, p.legacy
  ) as f
  join completions.current as c
    on c.map_id = f.map_id and c.legacy = f.legacy and not c.partial and c.time <= f.time
  group by f.legacy, f.time, f.amount
),
ranked as (
  select
    p.*,
    case
      when p.partial then null
      when p.time = f.time then f.faster + 1
      else f.before + rank() over (partition by p.legacy, p.partial order by p.time)
    end as rank
  from page as p
  left join firsts as f on f.legacy = p.legacy
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
  (
    select t.current::bigint
    from completions.totals as t
    where t.map_id = p.map_id
  ) as "total_results!",
  k.upvotes,
  p.id as id
from ranked as p
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all runs for them.
cross join lateral (select c.* from completions.cards as c where c.id = p.id offset 0) as k
order by p.legacy, p.partial, p.time, p.inserted_at, p.id
