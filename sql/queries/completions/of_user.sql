-- List the latest verified run of one player on every map, easiest map first, ranked before partial runs.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: UserCompletionResponse
with page as (
  select s.id, s.map_id, s.user_id, s.partial, s.time, m.raw_difficulty, count(*) over () as total_results
  from completions.current as s
  join core.maps as m on m.id = s.map_id
  where s.user_id = :user_id
    and m.code is not null
    /*[ and regexp_replace(m.difficulty, '\s*[-+]\s*$', '') = :difficulty ]*/
    /*[ and m.archived = :archived ]*/
  order by m.raw_difficulty, s.partial, s.time, s.id
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
  r.rank as rank,
  case when r.rank is not null then k.time_medal end as medal,
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
left join lateral completions.rank(p.map_id, p.user_id, p.id) as r on true
order by p.raw_difficulty, p.partial, p.time, p.id
