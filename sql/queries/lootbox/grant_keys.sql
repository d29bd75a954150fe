-- Give a user keys of the type that is active now; returns the number given.
-- returns: count
-- writes: lootbox.user_keys
insert into lootbox.user_keys (user_id, key_type)
select :user_id, a.key
from lootbox.active_key as a
cross join generate_series(1, :amount::integer)
