-- Lock these users, so that nothing new can be theirs until the transaction ends, and return those there are.
-- returns: many
select u.id
from core.users as u
where u.id = any (:user_ids::bigint[])
order by u.id
for update
