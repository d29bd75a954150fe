-- Note that a user gave a command to the bot; the same report twice is one.
-- returns: none
-- writes: public.analytics
insert into public.analytics (command_name, user_id, created_at, namespace)
values (:command_name, :user_id, :created_at, :namespace)
on conflict (command_name, user_id, created_at) do nothing
