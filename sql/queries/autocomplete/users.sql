-- Return the users one of whose names is nearest to a text, with all their names, the nearest first.
-- returns: many
-- null: below
select
  u.id,
  coalesce(
    names.list[1] || coalesce(' (' || nullif(array_to_string(names.list[2:], ', '), '') || ')', ''), 'Unknown User'
  ) as name
from users.nearest(:search, :below, :size) as n
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
