-- Return what a waiting run claims and the names its player may show in a screenshot; nothing once it is judged.
-- returns: maybe
select
  c.id,
  c.user_id,
  c.time::float8 as time,
  c.screenshot,
  m.code as "code!",
  array(
    select distinct upper(n.name)
    from (
      select o.username as name from users.overwatch_usernames as o where o.user_id = u.id
      union all
      values (u.nickname), (u.global_name)
    ) as n
    where n.name is not null
    order by 1
  ) as names
from core.completions as c
join core.maps as m on m.id = c.map_id
join core.users as u on u.id = c.user_id
where c.id = :completion_id and not c.verified and c.verified_by is null
