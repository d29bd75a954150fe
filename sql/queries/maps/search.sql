-- Return a page of the maps that fit as a JSON array: easiest first, or by up to six keys. Each tells how many fit.
-- :banners and :user_id are as in maps.get. A size of null means all of them.
-- :by_number, :by_text (which of the two says what comes first) and :second to :sixth are numbers of maps.sort_number and
-- maps.sort_text. :facets are those of maps.details.
-- returns: value
-- null: user_id, size, code, map_id, playtest_status, archived, hidden, official, categories, map_names, creator_ids, medals, thread_id, in_playtest, finalized, third, fourth, fifth, sixth
-- All that fit are collected, in their order: that tells how many they are, and costs less than to count them beside a page.
with found as materialized (
  select array(
    select m.place
    from maps.searchable as m
    where true
      -- The groups below are given as a whole. Where null lets everything through, that is the quickest thing to look at.
      /*[
        and ~m.traits & (
          select maps.traits(
            :official::boolean,
            :archived::boolean,
            :hidden::boolean,
            :playtest_status::public.playtest_status,
            :medals::boolean,
            :in_playtest::boolean,
            :finalized::boolean
          )
        ) = 0
        and m.difficulty between :easiest::float8 and :hardest::float8
        and m.quality >= :minimum_quality::integer
        and (:categories::text[] is null or m.category = any(:categories))
      ]*/
      /*[
        and (:code::text is null or m.code = :code)
        and (:map_id::integer is null or m.map_id = :map_id)
        and (:map_names::text[] is null or m.map_name = any(:map_names))
        and (:thread_id::bigint is null or m.map_id in (
          select p.map_id
          from playtests.meta as p
          where p.thread_id = :thread_id and not coalesce(p.completed, false)
        ))
        and (:creator_ids::bigint[] is null or m.map_id in (
          select c.map_id from maps.creators as c where c.user_id = any(:creator_ids)
        ))
      ]*/
      /*[ and m.facets @> :facets::text[] ]*/
      -- Mostly it is one name, and to go through an array for each map takes longer than to compare. Bytes are compared.
      /*[ and m.creator_names collate "C" like (select lower(:creator_name::text)) ]*/
      /*[
        and m.creator_names like all(array(
          select lower(n.pattern) from unnest(:creator_names::text[]) as n (pattern)
        ))
      ]*/
      /*[
        and :undone::boolean <> (m.map_id in (
          select c.map_id
          from core.completions as c
          where c.user_id = :user_id and c.verified and c.legacy = false
        ))
      ]*/
    order by
      /*[ maps.sort_number(:by_number, m.difficulty, m.checkpoints, m.mean) nulls first, ]*/
      /*[
        maps.sort_text(:by_text::integer, 0, m.map_name, m.title, m.code) nulls first,
        maps.sort_text(:by_text, 1, m.map_name, m.title, m.code) desc nulls first,
      ]*/
      /*[
        maps.sort_number(:second::integer, m.difficulty, m.checkpoints, m.mean) nulls first,
        maps.sort_text(:second::integer, 0, m.map_name, m.title, m.code) nulls first,
        maps.sort_text(:second::integer, 1, m.map_name, m.title, m.code) desc nulls first,
        case when :third::integer is not null then maps.sort_number(:third, m.difficulty, m.checkpoints, m.mean) end nulls first,
        case when :third::integer is not null then maps.sort_text(:third, 0, m.map_name, m.title, m.code) end nulls first,
        case when :third::integer is not null then maps.sort_text(:third, 1, m.map_name, m.title, m.code) end desc nulls first,
        case when :fourth::integer is not null then maps.sort_number(:fourth, m.difficulty, m.checkpoints, m.mean) end nulls first,
        case when :fourth::integer is not null then maps.sort_text(:fourth, 0, m.map_name, m.title, m.code) end nulls first,
        case when :fourth::integer is not null then maps.sort_text(:fourth, 1, m.map_name, m.title, m.code) end desc nulls first,
        case when :fifth::integer is not null then maps.sort_number(:fifth, m.difficulty, m.checkpoints, m.mean) end nulls first,
        case when :fifth::integer is not null then maps.sort_text(:fifth, 0, m.map_name, m.title, m.code) end nulls first,
        case when :fifth::integer is not null then maps.sort_text(:fifth, 1, m.map_name, m.title, m.code) end desc nulls first,
        case when :sixth::integer is not null then maps.sort_number(:sixth, m.difficulty, m.checkpoints, m.mean) end nulls first,
        case when :sixth::integer is not null then maps.sort_text(:sixth, 0, m.map_name, m.title, m.code) end nulls first,
        case when :sixth::integer is not null then maps.sort_text(:sixth, 1, m.map_name, m.title, m.code) end desc nulls first,
      ]*/
      -- What is the same by all keys comes in the order of ids.
      /*[ case when :by_number > 0 then m.map_id end, ]*/
      /*[ case when :by_text > 0 then m.map_id end, ]*/
      m.place
  ) as places
)
select
  concat(
    '[',
    string_agg(
      maps.written(
        c.opening,
        c.mean,
        c.middle,
        c.banner,
        c.closing,
        :banners::text,
        (
          select r.time::float8
          from core.completions as r
          where r.map_id = c.map_id and r.user_id = :user_id and r.verified and not coalesce(r.legacy, false)
          order by r.inserted_at desc
          limit 1
        ),
        cardinality(f.places)
      ),
      ','
    ),
    ']'
  ) as maps
from found as f
cross join unnest(f.places[
  least(:skip::bigint, cardinality(f.places))::integer + 1 : least(:skip + :size::bigint, cardinality(f.places))::integer
]) as p (place)
-- Kept a subquery, so that maps are looked up one by one, in their order.
cross join lateral (
  select s.map_id, s.opening, s.mean, s.middle, s.banner, s.closing
  from maps.card_texts as s
  where s.map_id = (p.place & 4294967295)::integer
  offset 0
) as c
