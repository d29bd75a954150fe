-- Count a user's keys of each type; types without a key are left out.
-- returns: many
-- row: UserLootboxKeyAmountResponse
select k.key_type as key_type, count(*) as amount
from lootbox.user_keys as k
where k.user_id = :user_id and k.key_type is not null
  /*[ and k.key_type = :key_type ]*/
group by k.key_type
order by k.key_type
