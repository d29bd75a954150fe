-- A transaction that leaves the waking to another one says so by a shared lock, so that a relay that looked too early
-- knows to look again at once: whoever notified may commit long before it.
-- migrate:up
create or replace function messages.wake() returns void
language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtext('messages.wake'), 1);
    if pg_try_advisory_xact_lock(hashtextextended('messages.wake', 0)) then
        perform pg_notify('outbox', '');
    end if;
end
$$;

create function messages.emitting() returns boolean
language sql volatile
as $$
    -- Whether a transaction that is open has messages for the outbox; the caller's own does not count.
    select exists (
        select
        from pg_locks as l
        where l.locktype = 'advisory'
            and l.database = (select d.oid from pg_database as d where d.datname = current_database())
            and l.classid = hashtext('messages.wake')::bigint & 4294967295
            and l.objid = 1
            and l.objsubid = 2
            and l.pid <> pg_backend_pid()
    )
$$;

-- migrate:down
drop function messages.emitting();

create or replace function messages.wake() returns void
language plpgsql volatile
as $$
begin
    if pg_try_advisory_xact_lock(hashtextextended('messages.wake', 0)) then
        perform pg_notify('outbox', '');
    end if;
end
$$;
