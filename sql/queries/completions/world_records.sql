-- List the runs of one player that lead their maps, easiest map first.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: WorldRecordResponse
with page as (
  select s.id, m.code, s.raw_difficulty, count(*) over () as total_results
  from ranks.leaders as l
  join completions.current as s on s.map_id = l.map_id
  join core.maps as m on m.id = l.map_id
  where l.user_ids @> array[:user_id::bigint]
    and s.user_id = :user_id
    and m.code is not null
    /*[ and m.archived = :archived ]*/
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
  1 as rank,
  k.time_medal as medal,
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
order by p.raw_difficulty, p.code
