-- Set what granted XP is multiplied by.
-- returns: none
-- writes: lootbox.xp_multiplier
update lootbox.xp_multiplier
set value = :value
