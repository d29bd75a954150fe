-- The codes nearest to a text are found by an expression of the code: an index of the code itself was also taken to find
-- the map that has a code, at nine times the blocks that the unique index reads.
-- migrate:up
drop index core.maps_code_nearest_idx;
create index maps_code_nearest_idx on core.maps using gist ((code || '') public.gist_trgm_ops (siglen = 256));

-- migrate:down
drop index core.maps_code_nearest_idx;
create index maps_code_nearest_idx on core.maps using gist (code public.gist_trgm_ops (siglen = 256));
