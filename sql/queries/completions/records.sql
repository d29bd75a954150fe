-- List runs for moderators, newest first; only the run that counts for its player has a rank.
-- With :latest_only, of each player's runs of a map only the newest that the other filters let through.
-- The page is counted from the newest run or from the oldest; :far says that it is far from there. A size of null means all of them, and needs :whole; :total_results is given where it is known without counting the rows.
-- returns: many
-- null: size, total_results
-- type: medal = Medal
-- type: legacy_medal = Medal
-- type: difficulty = Difficulty
-- row: ModerationRecordResponse
-- order: newest = f.inserted_at desc, f.id desc
-- order: oldest = f.inserted_at, f.id
-- slow: pages far from both ends read all that come before
-- scan: far from both ends the players with several runs are found in an index; only with a map or a player anything is counted
with found as not materialized (
  select c.id, c.map_id, c.user_id, c.inserted_at
  from core.completions as c
  where c.map_id <> all (array(select m.id from core.maps as m where m.code is null))
    /*[ and c.map_id = (select m.id from core.maps as m where m.code = :code) ]*/
    /*[ and c.user_id = :user_id ]*/
    /*[ and c.verified = :verified ]*/
    -- Few players have two runs of a map: far from both ends it is less work to find these than to look for each run.
    and not (:latest_only and (not :far or (c.map_id, c.user_id) in (
      select d.map_id, d.user_id
      from core.completions as d
      group by d.map_id, d.user_id
      having count(*) > 1
    )) and exists (
      select
      from core.completions as n
      where n.map_id = c.map_id
        and n.user_id = c.user_id
        and (n.inserted_at, n.id) > (c.inserted_at, c.id)
        /*[ and n.verified = :verified ]*/
    ))
),
page as (
  select f.*, coalesce(:total_results::bigint, (select count(*) from found)) as total_results
  from found as f
  order by f.inserted_at desc, f.id desc /*order*/
  limit :size offset :skip
)
-- In a list of all runs (:whole) each map is ranked once; for the few of a page it is less work to rank these.
/*[
  ,
  ranked as (
    select r.id, r.rank
    from (select distinct p.map_id from page as p where :whole::boolean) as m
    cross join lateral completions.ranks(m.map_id) as r
  )
]*/
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
  coalesce(r.rank /*[ , case when :whole then a.rank end ]*/) as rank,
  case when coalesce(r.rank /*[ , case when :whole then a.rank end ]*/) is not null then k.time_medal end as medal,
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
left join lateral (
  select o.rank from completions.rank(p.map_id, p.user_id, p.id) as o where :size::bigint is not null offset 0
) as r on true
/*[ left join ranked as a on a.id = p.id and :whole ]*/
order by p.inserted_at desc, p.id desc
