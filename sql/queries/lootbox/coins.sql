-- Return how many coins a user has; 0 for an unknown one.
-- returns: scalar
select coalesce((select u.coins from core.users as u where u.id = :user_id), 0) as coins
