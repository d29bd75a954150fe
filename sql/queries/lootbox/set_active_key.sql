-- Choose the type of the keys that are earned from now on.
-- returns: none
-- writes: lootbox.active_key
update lootbox.active_key
set key = :key_type
