-- Return the settings of the server that data depends on, and the extensions of this database.
-- returns: one
select
  current_setting('server_encoding') as encoding,
  current_setting('fsync') = 'on' as fsync,
  current_setting('full_page_writes') = 'on' as full_page_writes,
  current_setting('synchronous_commit') <> 'off' as synchronous_commit,
  current_setting('autovacuum') = 'on' as autovacuum,
  current_setting('data_checksums') = 'on' as data_checksums,
  current_setting('max_connections')::int as max_connections,
  current_setting('shared_preload_libraries') like '%pg_stat_statements%' as statement_statistics,
  array(select extname::text from pg_extension order by extname) as extensions
