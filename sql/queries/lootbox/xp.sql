-- Return a user's XP, 0 when it has none.
-- returns: scalar
select coalesce((select x.amount from lootbox.xp as x where x.user_id = :user_id), 0) as amount
