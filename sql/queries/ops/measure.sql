-- Return what PostgreSQL counts of its sessions and of this database; other users' states need pg_monitor.
-- returns: one
select
  sessions.active,
  sessions.idle,
  sessions.idle_in_transaction,
  sessions.hidden,
  sessions.lock_waits,
  sessions.oldest_transaction_seconds,
  current_setting('max_connections')::int as connections_limit,
  pg_database_size(d.datid) as "size_bytes!",
  tables.dead_rows_ratio,
  age(c.datfrozenxid) / 2147483648.0::float8 as transaction_ids_ratio,
  d.xact_commit as "committed!",
  d.xact_rollback as "rolled_back!",
  d.blks_hit as "blocks_memory!",
  d.blks_read as "blocks_outside!",
  d.tup_fetched as "fetched!",
  d.tup_inserted as "inserted!",
  d.tup_updated as "updated!",
  d.tup_deleted as "deleted!",
  d.deadlocks as "deadlocks!",
  d.temp_bytes as "temporary_bytes!"
from pg_stat_database as d
join pg_database as c on c.oid = d.datid
cross join (
  select
    count(*) filter (where state = 'active') as active,
    count(*) filter (where state = 'idle') as idle,
    count(*) filter (where state like 'idle in transaction%') as idle_in_transaction,
    count(*) filter (where state is null) as hidden,
    count(*) filter (where wait_event_type = 'Lock' and datname = current_database()) as lock_waits,
    coalesce(
      extract(epoch from max(now() - xact_start) filter (where datname = current_database())), 0
    )::float8 as oldest_transaction_seconds
  from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()
) as sessions
cross join (
  select coalesce(sum(n_dead_tup) / nullif(sum(n_live_tup + n_dead_tup), 0), 0)::float8 as dead_rows_ratio
  from pg_stat_user_tables
) as tables
where d.datname = current_database()
