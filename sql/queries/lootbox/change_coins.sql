-- Add coins to a user's, or take some; nothing when less than none would be left, or there is no such user.
-- returns: scalar
-- writes: core.users
update core.users as u
set coins = coalesce(u.coins, 0) + :amount
where u.id = :user_id and coalesce(u.coins, 0) + :amount >= 0
returning u.coins as "coins!"
