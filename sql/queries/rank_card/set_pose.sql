-- Choose the pose of a user's avatar.
-- returns: none
-- writes: rank_card.avatar
insert into rank_card.avatar (user_id, pose)
values (:user_id, :pose)
on conflict (user_id) do update
set pose = excluded.pose
