-- Tell whether a user is a creator of a map.
-- returns: value
select exists(select from maps.creators where user_id = :user_id) as is_creator
