-- Return one reward, with the coins that it is worth to somebody who has it; nothing when there is none.
-- returns: maybe
select
  r.name,
  r.key_type,
  r.rarity as rarity,
  r.type,
  b.duplicate_coins,
  :cdn_url::text || lootbox.picture_path(r.type, r.name) as url
from lootbox.reward_types as r
join lootbox.rarities as b on b.name = r.rarity
where r.key_type = :key_type and r.type = :reward_type and r.name = :reward_name
