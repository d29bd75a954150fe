-- Take a user's oldest key of a type away; returns 0 when there is none. The user is locked before.
-- returns: count
-- writes: lootbox.user_keys
delete from lootbox.user_keys as k
where k.ctid = (
  select o.ctid
  from lootbox.user_keys as o
  where o.user_id = :user_id and o.key_type = :key_type
  order by o.earned_at
  limit 1
)
