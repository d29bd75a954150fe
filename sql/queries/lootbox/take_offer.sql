-- Use up the oldest offer of a user that holds a reward; returns 0 when none does. The user is locked before.
-- returns: count
-- writes: lootbox.offers
delete from lootbox.offers as o
where o.id = (
  select f.id
  from lootbox.offers as f
  where f.user_id = :user_id
    and f.key_type = :key_type
    and f.rewards @> jsonb_build_array(jsonb_build_object('name', :reward_name::text, 'type', :reward_type::text))
  order by f.id
  limit 1
)
