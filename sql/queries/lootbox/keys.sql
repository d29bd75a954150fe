-- List the types of keys.
-- returns: many
-- row: LootboxKeyTypeResponse
select k.name
from lootbox.key_types as k
where true
  /*[ and k.name = :key_type ]*/
order by k.name
