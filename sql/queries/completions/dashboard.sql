-- List all runs of one player with what became of them, newest first.
-- returns: many
-- type: medal = Medal
-- type: difficulty = Difficulty
-- row: DashboardCompletionResponse
with page as (
  select
    c.id,
    c.map_id,
    c.user_id,
    c.verified,
    c.verified_by,
    c.reason,
    c.inserted_at,
    (
      (select count(*) from core.completions as o where o.user_id = :user_id)
      - (
        select count(*)
        from core.maps as m
        join core.completions as o on o.map_id = m.id
        where m.code is null and o.user_id = :user_id
      )
    ) as total_results
  from core.completions as c
  where c.user_id = :user_id
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
  r.rank as rank,
  case when r.rank is not null then k.time_medal end as medal,
  k.map_name as map_name,
  k.difficulty as difficulty,
  k.message_id,
  p.reason,
  case
    when p.verified then 'Verified'
    when p.verified_by is not null then 'Rejected'
    else 'Pending'
  end as status,
  p.total_results as total_results,
  k.upvotes,
  p.id as id
from page as p
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all runs for them.
cross join lateral (select c.* from completions.cards as c where c.id = p.id offset 0) as k
left join lateral completions.rank(p.map_id, p.user_id, p.id) as r on true
order by p.inserted_at desc, p.id desc
