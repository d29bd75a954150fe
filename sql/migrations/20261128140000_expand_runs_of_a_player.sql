-- All runs that count for a player are counted and sorted for a page of them: where the index holds what that needs, their
-- rows, each in a block of its own, are not read. A run that comes to count writes this index anyway.
-- migrate:up
drop index completions.current_user_id_idx;
create index current_user_id_idx on completions.current (user_id) include (map_id, partial, time, id);

-- migrate:down
drop index completions.current_user_id_idx;
create index current_user_id_idx on completions.current (user_id);
