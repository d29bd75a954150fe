-- Choose the skin of a user's avatar.
-- returns: none
-- writes: rank_card.avatar
insert into rank_card.avatar (user_id, skin)
values (:user_id, :skin)
on conflict (user_id) do update
set skin = excluded.skin
