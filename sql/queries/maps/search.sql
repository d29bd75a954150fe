-- Find maps that have a code, with all that is shown of them: easiest first, or by up to six keys.
-- A map without a banner has the one of its name, below the address :banners. With a user, the time of its latest
-- verified run that is not legacy. A size of null means all of them.
-- returns: many
-- type: difficulty = Difficulty
-- null: user_id, size, code, map_id, playtest_status, archived, hidden, official, categories, map_names, creator_ids, creator_names, minimum_quality, medals, undone, thread_id, in_playtest, third, fourth, fifth, sixth
-- alone: first, sorted
-- :first is given when nothing is filtered or sorted by: then only the maps until the page's end are read, in the order of
-- their index, and the others counted; :sorted when nothing is filtered by: the keys of a page of :page after :before.
-- :by_number, :by_text (which of the two says what comes first) and :second to :sixth, and the six of :sorted, are numbers
-- of maps.sort_number and maps.sort_text. :facets are those of maps.details.
with found as (
  select
    m.id,
    count(*) over ()
    /*[ + greatest((select l.amount from maps.listed as l) - :first::bigint, 0) ]*/
    /*[ + (select l.amount from maps.listed as l where :sorted::integer[] is not null and :page::integer + :before::integer >= 0) - count(*) over () ]*/
    as total_results
  from core.maps as m
  /*[ join unnest(maps.sorted(:sorted, :page, :before)) with ordinality as z (id, place) on z.id = m.id ]*/
  /*[ left join maps.rating_totals as r on r.map_id = m.id and :by_number::integer is not null ]*/
  /*[ left join maps.rating_totals as s on s.map_id = m.id and :second::integer is not null ]*/
  /*[
    left join maps.rating_totals as t
      on t.map_id = m.id and coalesce(:third::integer, :fourth, :fifth, :sixth) is not null
  ]*/
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
    /*[
      and m.id = coalesce(:map_id::integer, (select n.id from core.maps as n where n.code = :code))
      and (:code::text is null or m.code = :code)
    ]*/
    -- The groups below are given as a whole; null lets everything through, and is the quickest thing to look at.
    /*[
      and m.raw_difficulty between :easiest and :hardest
      and m.raw_difficulty < :below
      and (:official::boolean is null or m.official = :official)
      and (:archived::boolean is null or m.archived = :archived)
      and (:hidden::boolean is null or m.hidden = :hidden)
      and (:playtest_status::public.playtest_status is null or m.playtesting = :playtest_status)
      and (:categories::text[] is null or m.category = any(:categories))
      and (:map_names::text[] is null or m.map_name = any(:map_names))
      and (:in_playtest::boolean is null or :in_playtest = exists (
        select
        from playtests.meta as p
        where p.map_id = m.id and p.thread_id is not null and not coalesce(p.completed, false)
      ))
      and (:thread_id::bigint is null or m.id in (
        select p.map_id
        from playtests.meta as p
        where p.thread_id = :thread_id and not coalesce(p.completed, false)
      ))
      and (not :finalized::boolean or (m.playtesting = 'In Progress' and exists (
        select
        from playtests.meta as p
        where p.map_id = m.id and p.verification_id is not null and not coalesce(p.completed, false)
      )))
    ]*/
    /*[
      and m.id = any(array(select d.map_id from maps.details as d where d.facets @> :facets::text[]))
    ]*/
    /*[
      and (:creator_ids::bigint[] is null or m.id in (
        select c.map_id from maps.creators as c where c.user_id = any(:creator_ids)
      ))
      and (:creator_names::text[] is null or m.id in (
        select d.map_id
        from maps.details as d
        where d.creator_names like all(array(select lower(n.pattern) from unnest(:creator_names) as n (pattern)))
      ))
      and (:minimum_quality::integer is null or m.id in (
        select q.map_id from maps.rating_totals as q where q.verified_mean >= :minimum_quality
      ))
      and (:medals::boolean is null or :medals = (m.id in (select d.map_id from maps.medals as d)))
      and (:undone::boolean is null or :undone <> (m.id in (
        select c.map_id
        from core.completions as c
        where c.user_id = :user_id and c.verified and c.legacy = false
      )))
    ]*/
  order by
    /*[ case when :sorted is not null and :page + :before >= 0 then z.place end, ]*/
    /*[ maps.sort_number(:by_number, m.raw_difficulty, m.checkpoints, r.mean) nulls first, ]*/
    /*[
      maps.sort_text(:by_text::integer, 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text(:by_text, 1, m.map_name, m.title, m.code) desc nulls first,
    ]*/
    /*[
      maps.sort_number(:second, m.raw_difficulty, m.checkpoints, s.mean) nulls first,
      maps.sort_text(:second, 0, m.map_name, m.title, m.code) nulls first,
      maps.sort_text(:second, 1, m.map_name, m.title, m.code) desc nulls first,
    ]*/
    /*[
      case when :third::integer is not null then maps.sort_number(:third, m.raw_difficulty, m.checkpoints, t.mean) end nulls first,
      case when :third::integer is not null then maps.sort_text(:third, 0, m.map_name, m.title, m.code) end nulls first,
      case when :third is not null then maps.sort_text(:third, 1, m.map_name, m.title, m.code) end desc nulls first,
      case when :fourth::integer is not null then maps.sort_number(:fourth, m.raw_difficulty, m.checkpoints, t.mean) end nulls first,
      case when :fourth::integer is not null then maps.sort_text(:fourth, 0, m.map_name, m.title, m.code) end nulls first,
      case when :fourth is not null then maps.sort_text(:fourth, 1, m.map_name, m.title, m.code) end desc nulls first,
      case when :fifth::integer is not null then maps.sort_number(:fifth, m.raw_difficulty, m.checkpoints, t.mean) end nulls first,
      case when :fifth::integer is not null then maps.sort_text(:fifth, 0, m.map_name, m.title, m.code) end nulls first,
      case when :fifth is not null then maps.sort_text(:fifth, 1, m.map_name, m.title, m.code) end desc nulls first,
      case when :sixth::integer is not null then maps.sort_number(:sixth, m.raw_difficulty, m.checkpoints, t.mean) end nulls first,
      case when :sixth::integer is not null then maps.sort_text(:sixth, 0, m.map_name, m.title, m.code) end nulls first,
      case when :sixth is not null then maps.sort_text(:sixth, 1, m.map_name, m.title, m.code) end desc nulls first,
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
  coalesce(
    nullif(c.custom_banner, ''), :banners::text || lootbox.file_name(c.map_name) || '.png'
  ) as map_banner,
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
