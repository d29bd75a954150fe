-- List verified runs that are shown in Discord, newest first; only the run that counts for its player has a rank.
-- returns: many
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: LatestCompletionResponse
with page as (
  select c.id, c.map_id, c.inserted_at
  from core.completions as c
  where c.verified
    and c.message_id is not null
    and not coalesce(c.legacy, false)
    and c.map_id not in (select m.id from core.maps as m where m.code is null)
  order by c.inserted_at desc, c.id desc
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
  k.verified as verified,
  r.rank as rank,
  case when r.rank is not null then k.time_medal end as medal,
  k.map_name as map_name,
  k.difficulty as difficulty,
  k.message_id,
  k.legacy as legacy,
  k.legacy_medal,
  k.suspicious,
  (
    select coalesce(sum(t.shown), 0)
    from completions.totals as t
    where not exists (select from core.maps as m where m.id = t.map_id and m.code is null)
  ) as total_results,
  k.upvotes,
  p.id as id
from page as p
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all runs for them.
cross join lateral (select c.* from completions.cards as c where c.id = p.id offset 0) as k
left join lateral completions.rank(p.map_id, k.user_id, p.id) as r on true
order by p.inserted_at desc, p.id desc
