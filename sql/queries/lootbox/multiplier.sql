-- Return what granted XP is multiplied by.
-- returns: scalar
select coalesce((select m.value from lootbox.xp_multiplier as m), 1)::float8 as value
