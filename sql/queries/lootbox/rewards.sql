-- List everything that lootboxes can hold.
-- returns: many
-- row: RewardTypeResponse
select
  r.name,
  r.key_type,
  coalesce(r.rarity, 'common') as rarity,
  r.type,
  false as duplicate,
  0 as coin_amount,
  :cdn_url::text || lootbox.picture_path(r.type, r.name) as url
from lootbox.reward_types as r
where true
  /*[ and r.type = :reward_type ]*/
  /*[ and r.key_type = :key_type ]*/
  /*[ and r.rarity = :rarity ]*/
order by r.key_type, r.name, r.type
