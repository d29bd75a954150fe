-- The runs that Discord shows are found in an index alone, so that pages far from the newest pass over the others there.
-- migrate:up
drop index core.completions_recent_idx;
create index completions_recent_idx on core.completions (inserted_at, id) include (map_id, message_id)
where verified and not coalesce(legacy, false);

-- migrate:down
drop index core.completions_recent_idx;
create index completions_recent_idx on core.completions (inserted_at, id) include (map_id)
where verified and not coalesce(legacy, false);
