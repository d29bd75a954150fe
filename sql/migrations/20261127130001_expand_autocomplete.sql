-- Find a code or a name by what is nearest to what was typed, also when that is far.
-- migrate:up
-- A code and all that remains of it when one sign is left out: two codes that differ by one sign share one of these.
create function maps.code_keys(code text) returns text[]
language sql immutable parallel safe
return array[code] || array(
  select overlay(code placing '' from i.position for 1)
  from generate_series(1, length(code)) as i (position)
);

create index maps_code_keys_idx on core.maps using gin (maps.code_keys(code));

-- Codes have few trigrams in common: with room for all of a page's in its signature, fewer pages are read.
create index maps_code_nearest_idx on core.maps using gist (code public.gist_trgm_ops (siglen = 256));

create index users_nickname_nearest_idx on core.users using gist (nickname public.gist_trgm_ops);

create index users_global_name_nearest_idx on core.users using gist (global_name public.gist_trgm_ops);

create index overwatch_usernames_nearest_idx
    on users.overwatch_usernames using gist (username public.gist_trgm_ops);

-- migrate:down
drop index users.overwatch_usernames_nearest_idx;
drop index core.users_global_name_nearest_idx;
drop index core.users_nickname_nearest_idx;
drop index core.maps_code_nearest_idx;
drop index core.maps_code_keys_idx;
drop function maps.code_keys(text);
