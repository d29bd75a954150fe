-- List the latest verified run of one player on every map, easiest map first, ranked before partial runs.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: UserCompletionResponse
with mine as not materialized (
  select s.id, s.map_id, s.partial, s.legacy, s.time, s.raw_difficulty
  from completions.current as s
  where s.user_id = :user_id
    -- Whether there are any is asked once, which spares looking for each run.
    and (
      not exists(select from core.maps as m where m.code is null)
      or s.map_id not in (select m.id from core.maps as m where m.code is null)
    )
    /*[ and s.difficulty = :difficulty ]*/
    /*[ and :archived = (select m.archived from core.maps as m where m.id = s.map_id) ]*/
),

page as (
  select m.*, (select count(*) from mine) as total_results
  from mine as m
  order by m.raw_difficulty, m.partial, m.time, m.id
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
  case when not p.partial then (select r.rank from completions.place(p.map_id, p.legacy, p.time) as r) end as rank,
  case when not p.partial then k.time_medal end as medal,
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
order by p.raw_difficulty, p.partial, p.time, p.id
