-- Return what PostgreSQL says about itself and this database.
-- returns: one
select
  current_setting('server_version_num')::int as version,
  current_setting('server_version') as version_text,
  current_database()::text as database,
  pg_database_size(current_database()) as "size_bytes!",
  clock_timestamp() as now
