-- List who holds the locks that connections of this name wait for, longest first.
-- returns: many
select
  holder.pid,
  coalesce(nullif(holder.application_name, ''), 'unnamed') as name,
  coalesce(holder.usename, '?') as role,
  coalesce(holder.state, 'unknown') as state,
  coalesce(extract(epoch from clock_timestamp() - holder.xact_start), 0)::float8 as seconds,
  left(coalesce(holder.query, ''), 200) as query
from pg_stat_activity as waiter
cross join lateral unnest(pg_blocking_pids(waiter.pid)) as blocking (pid)
join pg_stat_activity as holder on holder.pid = blocking.pid
where waiter.application_name = :name
group by holder.pid, holder.application_name, holder.usename, holder.state, holder.xact_start, holder.query
order by holder.xact_start nulls last, holder.pid
