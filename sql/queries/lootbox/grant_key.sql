-- Give a user a key of a type.
-- returns: none
-- writes: lootbox.user_keys
insert into lootbox.user_keys (user_id, key_type)
values (:user_id, :key_type)
