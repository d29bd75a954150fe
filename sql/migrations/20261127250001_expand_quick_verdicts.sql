-- A verdict looks up the few maps of one player, and finds one index less to keep.
-- migrate:up
alter function ranks.refresh_runs(bigint[], integer[], numeric) set enable_hashjoin = off;
alter function ranks.refresh_runs(bigint[], integer[], numeric) set enable_mergejoin = off;
-- Names are searched for in the columns search and names, which are compared one by one.
drop index ranks.players_names_trgm_idx;

-- migrate:down
create index players_names_trgm_idx on ranks.players using gin (nickname gin_trgm_ops, discord_tag gin_trgm_ops);
alter function ranks.refresh_runs(bigint[], integer[], numeric) reset enable_mergejoin;
alter function ranks.refresh_runs(bigint[], integer[], numeric) reset enable_hashjoin;
