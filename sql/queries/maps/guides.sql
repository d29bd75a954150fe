-- List the guides to a map, oldest first, with all names their authors are known by; with records, the videos
-- of the runs that count for their players too, fastest first.
-- returns: many
-- row: GuideFullResponse
with shown as (
  select g.url, g.user_id, g.id::numeric as position, false as is_record
  from core.maps as m
  join maps.guides as g on g.map_id = m.id
  where m.code = :code and g.user_id is not null
  union all
  select s.video, s.user_id, s.time, true
  from completions.standings as s
  where :include_records
    and s.map_id = (select m.id from core.maps as m where m.code = :code)
    and not s.partial
    and not s.legacy
    and s.video is not null
)
select
  g.url,
  g.user_id,
  array(
    select k.name
    from (
      select o.username as name, 1 - o.is_primary::integer as rank, o.id
      from users.overwatch_usernames as o
      where o.user_id = g.user_id
      union all
      select unnest(array[u.nickname, u.global_name]), 2, null
      from core.users as u
      where u.id = g.user_id
    ) as k
    where k.name is not null
    group by k.name
    order by min(k.rank), min(k.id), k.name
  ) as usernames
from shown as g
order by g.is_record, g.position, g.user_id
