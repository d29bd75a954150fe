-- Find maps that have a code, with all that is shown of them: easiest first, or by up to six keys.
-- With a user, the time of its latest verified run that is not legacy. A size of null means all of them.
-- returns: many
-- type: difficulty = Difficulty
-- null: user_id, size
-- scan: the number of all that match is part of the answer
-- :first is given when nothing is filtered or sorted by: then only the maps until the page's end are read, in the order of
-- their index, and the others counted. :sort and :then are numbers of maps.sort_number and maps.sort_text.
with found as (
  select
    m.id,
    count(*) over ()
    /*[ + greatest((select count(*) from core.maps as a where a.code is not null) - :first::bigint, 0) ]*/
    as total_results
  from core.maps as m
  left join maps.rating_totals as r on r.map_id = m.id
  where m.code is not null
    /*[
      and m.id = any(array(
        select f.id
        from core.maps as f
        where f.code is not null
        order by f.raw_difficulty, f.id
        limit :first
      ))
    ]*/
    /*[ and m.code = :code ]*/
    /*[ and m.id = :map_id ]*/
    -- The two groups below are given as a whole; what was not asked for lets everything through.
    /*[
      and m.playtesting = any(:playtest_statuses::public.playtest_status[])
      and m.archived = any(:archived::boolean[])
      and m.hidden = any(:hidden::boolean[])
      and m.official = any(:official::boolean[])
      and m.category = any(:categories::text[])
      and (:map_names::text[] = '{}' or m.map_name = any(:map_names))
      and m.raw_difficulty between :easiest and :hardest
      and m.raw_difficulty < :below
      and (:playtest_filter::text = 'All' or (:playtest_filter = 'Only') = exists (
        select
        from playtests.meta as p
        where p.map_id = m.id and p.thread_id is not null and not coalesce(p.completed, false)
      ))
      and (:thread_ids::bigint[] = '{}' or m.id in (
        select p.map_id
        from playtests.meta as p
        where p.thread_id = any(:thread_ids) and not coalesce(p.completed, false)
      ))
      and (not :finalized::boolean or (m.playtesting = 'In Progress' and exists (
        select
        from playtests.meta as p
        where p.map_id = m.id and p.verification_id is not null and not coalesce(p.completed, false)
      )))
    ]*/
    /*[
      and (:mechanics::text[] = '{}' or m.id in (
        select l.map_id
        from maps.mechanics as k
        join maps.mechanic_links as l on l.mechanic_id = k.id
        where k.name = any(:mechanics)
        group by l.map_id
        having count(*) = cardinality(:mechanics)
      ))
      and (:restrictions::text[] = '{}' or m.id in (
        select l.map_id
        from maps.restrictions as k
        join maps.restriction_links as l on l.restriction_id = k.id
        where k.name = any(:restrictions)
        group by l.map_id
        having count(*) = cardinality(:restrictions)
      ))
      and (:tags::text[] = '{}' or m.id in (
        select l.map_id
        from maps.tags as k
        join maps.tag_links as l on l.tag_id = k.id
        where k.name = any(:tags)
        group by l.map_id
        having count(*) = cardinality(:tags)
      ))
      and (:creator_ids::bigint[] = '{}' or m.id in (
        select c.map_id from maps.creators as c where c.user_id = any(:creator_ids)
      ))
      and (:creator_names::text[] = '{}' or m.id in (
        select c.map_id
        from unnest(:creator_names) as given (pattern)
        cross join lateral (
          select k.id
          from (
            select u.id, u.nickname, u.global_name
            from core.users as u
            where u.id = any(array(select distinct a.user_id from maps.creators as a))
            offset 0
          ) as k
          where k.nickname ilike given.pattern
            or k.global_name ilike given.pattern
            or exists(
              select from users.overwatch_usernames as o where o.user_id = k.id and o.username ilike given.pattern
            )
        ) as meant
        join maps.creators as c on c.user_id = meant.id
        group by c.map_id
        having count(distinct given.pattern) = cardinality(:creator_names)
      ))
      and (:minimum_quality::integer = 0 or m.id in (
        select q.map_id from maps.rating_totals as q where q.verified_mean >= :minimum_quality
      ))
      and (:medal_filter::text = 'All' or (:medal_filter = 'With') = (m.id in (
        select d.map_id from maps.medals as d
      )))
      and (:completion_filter::text = 'All' or (:completion_filter = 'With') = (m.id in (
        select c.map_id
        from core.completions as c
        where c.user_id = :user_id and c.verified and c.legacy = false
      )))
    ]*/
  order by
    /*[
      maps.sort_number(:sort::integer, m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text(:sort, 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text(:sort, 1, m.map_name, m.title, m.code) desc nulls first,
    ]*/
    /*[
      maps.sort_number((:then::integer[])[1], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text((:then)[1], 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text((:then)[1], 1, m.map_name, m.title, m.code) desc nulls first,
      maps.sort_number((:then)[2], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text((:then)[2], 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text((:then)[2], 1, m.map_name, m.title, m.code) desc nulls first,
      maps.sort_number((:then)[3], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text((:then)[3], 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text((:then)[3], 1, m.map_name, m.title, m.code) desc nulls first,
      maps.sort_number((:then)[4], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text((:then)[4], 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text((:then)[4], 1, m.map_name, m.title, m.code) desc nulls first,
      maps.sort_number((:then)[5], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
      maps.sort_text((:then)[5], 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text((:then)[5], 1, m.map_name, m.title, m.code) desc nulls first,
    ]*/
    case when :easiest_first::boolean then m.raw_difficulty end,
    m.id
  limit :size offset :skip
),
page as (
  select f.id, f.total_results, row_number() over () as position
  from found as f
)
select
  c.id as id,
  c.code as "code!",
  c.map_name as map_name,
  c.category as category,
  c.creators,
  c.checkpoints as checkpoints,
  c.difficulty as difficulty,
  c.official as official,
  c.playtesting as playtesting,
  c.archived as archived,
  c.hidden as hidden,
  c.created_at as "created_at!",
  c.updated_at as "updated_at!",
  c.ratings,
  c.playtest,
  c.guides,
  c.raw_difficulty::float8 as raw_difficulty,
  c.mechanics,
  c.restrictions,
  c.tags,
  c.description,
  c.medals,
  c.title,
  c.custom_banner,
  (
    select r.time::float8
    from core.completions as r
    where r.map_id = p.id and r.user_id = :user_id and r.verified and not coalesce(r.legacy, false)
    order by r.inserted_at desc
    limit 1
  ) as time,
  p.total_results as total_results,
  c.linked_code
from page as p
-- Kept a subquery: PostgreSQL expects more rows of a page than there are, and would read all maps for them.
cross join lateral (select k.* from maps.cards as k where k.id = p.id offset 0) as c
order by p.position
