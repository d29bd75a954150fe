-- Lock a user for the rest of the transaction, so that what is decided about it stays true.
-- returns: maybe
select u.id, u.is_mod
from core.users as u
where u.id = :user_id
for no key update
