-- Return the map with this code or id, or with both, as answers show it; nothing when there is none.
-- :banners, written as in JSON, is the address below which maps without a banner of their own have the one of their name. With
-- a user, the time of its latest verified run that is not legacy.
-- returns: scalar
-- null: code, map_id, user_id
select
  maps.written(
    t.opening,
    t.mean,
    t.middle,
    t.banner,
    t.closing,
    :banners::text,
    (
      select r.time::float8
      from core.completions as r
      where r.map_id = m.id and r.user_id = :user_id and r.verified and not coalesce(r.legacy, false)
      order by r.inserted_at desc
      limit 1
    ),
    1
  ) as map
from maps.card_texts as t
join core.maps as m on m.id = t.map_id
where m.id = coalesce(:map_id::integer, (select n.id from core.maps as n where n.code = :code))
  and m.code is not null
  and (:code::text is null or m.code = :code)
