-- Add a user under an id that Discord or this system gave out.
-- returns: none
-- writes: core.users
insert into core.users (id, nickname, global_name)
values (:user_id, :nickname, :global_name)
