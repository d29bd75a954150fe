-- Return what weapons are called.
-- returns: many
select w.hash, w.name, w.slot::text as slot
from definitions.weapon_definition as w
where w.hash = any(:hashes::bigint[])
