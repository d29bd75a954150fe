-- Return the users one of whose names is nearest to a text, with all their names, the nearest first.
-- returns: many
with near as (
  (
    select u.id as user_id, u.nickname <-> :search as distance
    from core.users as u
    where u.nickname is not null
      /*[ and u.id < :below ]*/
    order by u.nickname <-> :search
    limit :size
  )
  union all
  (
    select u.id, u.global_name <-> :search
    from core.users as u
    where u.global_name is not null
      /*[ and u.id < :below ]*/
    order by u.global_name <-> :search
    limit :size
  )
  union all
  (
    -- Nobody has more than ten names, so these are the names of at least :size users.
    select o.user_id, o.username <-> :search
    from users.overwatch_usernames as o
    where o.user_id is not null
      /*[ and o.user_id < :below ]*/
    order by o.username <-> :search
    limit :size * 10
  )
),
nearest as (
  select n.user_id, min(n.distance) as distance
  from near as n
  group by n.user_id
  order by min(n.distance), n.user_id
  limit :size
)
select
  u.id,
  coalesce(
    names.list[1] || coalesce(' (' || nullif(array_to_string(names.list[2:], ', '), '') || ')', ''), 'Unknown User'
  ) as name
from nearest as n
-- Kept a subquery: PostgreSQL expects more users than there are, and would read all of them for these.
cross join lateral (select k.id, k.nickname, k.global_name from core.users as k where k.id = n.user_id offset 0) as u
cross join lateral (
  select array_agg(distinct_names.name order by distinct_names.place) as list
  from (
    select given.name, min(given.place) as place
    from unnest(
      array[u.nickname, u.global_name]
      || array(
        select o.username
        from users.overwatch_usernames as o
        where o.user_id = u.id
        order by o.is_primary desc, o.id
      )
    ) with ordinality as given (name, place)
    where given.name is not null
    group by given.name
  ) as distinct_names
) as names
order by n.distance, n.user_id
