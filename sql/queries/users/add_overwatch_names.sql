-- Add names a user plays under, in their order; one of them is the primary one.
-- returns: none
-- writes: users.overwatch_usernames
insert into users.overwatch_usernames (user_id, username, is_primary)
select :user_id, given.username, given.username = :primary::text
from unnest(:usernames::text[]) with ordinality as given (username, position)
order by given.position
