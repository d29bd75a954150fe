-- Names nearest to a text are found in half of the time where a page of the index tells its trigrams apart from those of
-- other pages: with PostgreSQL's 12 bytes each page seems to hold all of them, so that all names were compared.
-- migrate:up
drop index core.users_nickname_nearest_idx, core.users_global_name_nearest_idx, users.overwatch_usernames_nearest_idx;
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops (siglen = 1024));
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops (siglen = 1024));
create index overwatch_usernames_nearest_idx
on users.overwatch_usernames using gist (username public.gist_trgm_ops (siglen = 1024));

-- migrate:down
drop index core.users_nickname_nearest_idx, core.users_global_name_nearest_idx, users.overwatch_usernames_nearest_idx;
create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops);
create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops);
create index overwatch_usernames_nearest_idx on users.overwatch_usernames using gist (username public.gist_trgm_ops);
