-- Choose the background of a user's rank card.
-- returns: none
-- writes: rank_card.background
insert into rank_card.background (user_id, name)
values (:user_id, :name)
on conflict (user_id) do update
set name = excluded.name
