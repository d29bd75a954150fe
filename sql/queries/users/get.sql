-- Return a user with the names shown for it; nothing when there is none.
-- returns: maybe
select
  u.id,
  u.nickname,
  u.global_name,
  coalesce(u.coins, 0) as "coins!",
  u.is_mod
from core.users as u
where u.id = :user_id
