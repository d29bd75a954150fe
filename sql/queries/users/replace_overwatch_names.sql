-- Replace the names a user plays under by those given, all at once.
-- returns: none
-- writes: users.overwatch_usernames
with removed as (
  delete from users.overwatch_usernames
  where user_id = :user_id and username <> all(:usernames::text[])
),
demoted as (
  update users.overwatch_usernames
  set is_primary = false
  where user_id = :user_id and username = any(:usernames::text[])
)
insert into users.overwatch_usernames (user_id, username, is_primary)
select :user_id, given.username, false
from unnest(:usernames::text[]) with ordinality as given (username, position)
order by given.position
on conflict (user_id, username) do nothing
