-- Return a page of all maps that have a code as a JSON array: easiest first, or by up to six keys.
-- :banners and :user_id are as in maps.get. :keys are six numbers of maps.sort_number and maps.sort_text; with :undone_by only
-- maps that this user has not done: these are read until the page is full, and the others counted.
-- returns: value
-- null: user_id
-- alone: keys, undone_by
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
          where r.map_id = p.id and r.user_id = :user_id and r.verified and not coalesce(r.legacy, false)
          order by r.inserted_at desc
          limit 1
        ),
        (select l.amount from maps.listed as l)
        /*[
          - (
            select count(*)
            from maps.searchable as d
            where d.map_id in (
              select c.map_id
              from core.completions as c
              where c.user_id = :undone_by and c.verified and c.legacy = false
            )
          )
        ]*/
      ),
      ','
    ),
    ']'
  ) as maps
from unnest(coalesce(
  /*[ maps.sorted(:keys::integer[], :size, :skip), ]*/
  array(
    select m.map_id
    from maps.searchable as m
    /*[
      where (m.map_id in (
        select c.map_id
        from core.completions as c
        where c.user_id = :undone_by and c.verified and c.legacy = false
      )) is not true
    ]*/
    order by m.place
    limit :size::integer offset :skip::integer
  )
)) as p (id)
-- Kept a subquery, so that maps are looked up one by one, in their order.
cross join lateral (
  select s.opening, s.mean, s.middle, s.banner, s.closing from maps.card_texts as s where s.map_id = p.id offset 0
) as c
