-- Add a user.
-- returns: none
-- writes: core.users
insert into core.users (id, nickname, global_name)
values (:user_id, :nickname, :global_name)
