-- migrate:up
-- Runners have roles that may do what their queries need. What the schema does beside a query, in tables that
-- the query does not name, it does with the rights of whoever owns the tables.
alter function messages.send(text, jsonb, text, timestamptz, text, uuid, integer, text, boolean)
security definer set search_path = pg_catalog, public, pg_temp;
alter function messages.hold_outbox() security definer set search_path = pg_catalog, public, pg_temp;
alter function users.merge(bigint, bigint, text) security definer set search_path = pg_catalog, public, pg_temp;
alter function core.enforce_speed_rules_nonlegacy_only()
security definer set search_path = pg_catalog, public, pg_temp;
alter function core.mirror_linked_code() security definer set search_path = pg_catalog, public, pg_temp;
alter function core.sync_linked_code() security definer set search_path = pg_catalog, public, pg_temp;
alter function maps.count_ratings() security definer set search_path = pg_catalog, public, pg_temp;
alter function maps.ratings_verify_on_completion() security definer set search_path = pg_catalog, public, pg_temp;
alter function playtests.enforce_verified_completion_immediate()
security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_maps() security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_rows() security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_runs() security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_scores() security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_users() security definer set search_path = pg_catalog, public, pg_temp;
alter function ranks.follow_xp() security definer set search_path = pg_catalog, public, pg_temp;

-- migrate:down
alter function ranks.follow_xp() security invoker reset search_path;
alter function ranks.follow_users() security invoker reset search_path;
alter function ranks.follow_scores() security invoker reset search_path;
alter function ranks.follow_runs() security invoker reset search_path;
alter function ranks.follow_rows() security invoker reset search_path;
alter function ranks.follow_maps() security invoker reset search_path;
alter function playtests.enforce_verified_completion_immediate() security invoker reset search_path;
alter function maps.ratings_verify_on_completion() security invoker reset search_path;
alter function maps.count_ratings() security invoker reset search_path;
alter function core.sync_linked_code() security invoker reset search_path;
alter function core.mirror_linked_code() security invoker reset search_path;
alter function core.enforce_speed_rules_nonlegacy_only() security invoker reset search_path;
alter function users.merge(bigint, bigint, text) security invoker reset search_path;
alter function messages.hold_outbox() security invoker reset search_path;
alter function messages.send(text, jsonb, text, timestamptz, text, uuid, integer, text, boolean)
security invoker reset search_path;
