-- Of several transactions that emit at once, one wakes the relays: PostgreSQL commits those that notify one after the
-- other, each with its own flush to the disk. The relay looks again soon after whatever it found, and so finds the rest.
-- migrate:up
create function messages.wake() returns void
language plpgsql volatile
as $$
begin
    if pg_try_advisory_xact_lock(hashtextextended('messages.wake', 0)) then
        perform pg_notify('outbox', '');
    end if;
end
$$;

create or replace function messages.send(
    queue text, body jsonb, order_key text, run_at timestamptz, trace text, causation uuid, version integer,
    key text, wants_job boolean, out message_id uuid, out job_id uuid
)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    message_id := case when key is null then messages.new_id() else md5(send.queue || ':' || key)::uuid end;
    if wants_job then
        job_id := messages.new_id();
    end if;
    loop
        insert into messages.outbox (message_id, queue, version, body, order_key, job_id, run_at, trace, causation)
        values (
            send.message_id, send.queue, send.version, send.body, send.order_key, send.job_id,
            coalesce(send.run_at, now()), send.trace, send.causation
        )
        on conflict (message_id) do nothing;
        exit when found;
        update messages.outbox as o
        set job_id = coalesce(o.job_id, send.job_id)
        where o.message_id = send.message_id
        returning o.job_id into job_id;
        exit when found;
        -- A relay has sent the other message meanwhile.
    end loop;
    if wants_job then
        insert into public.jobs (id, action) values (send.job_id, send.queue) on conflict do nothing;
    end if;
    perform messages.wake();
end
$$;

-- migrate:down
create or replace function messages.send(
    queue text, body jsonb, order_key text, run_at timestamptz, trace text, causation uuid, version integer,
    key text, wants_job boolean, out message_id uuid, out job_id uuid
)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    message_id := case when key is null then messages.new_id() else md5(send.queue || ':' || key)::uuid end;
    if wants_job then
        job_id := messages.new_id();
    end if;
    loop
        insert into messages.outbox (message_id, queue, version, body, order_key, job_id, run_at, trace, causation)
        values (
            send.message_id, send.queue, send.version, send.body, send.order_key, send.job_id,
            coalesce(send.run_at, now()), send.trace, send.causation
        )
        on conflict (message_id) do nothing;
        exit when found;
        update messages.outbox as o
        set job_id = coalesce(o.job_id, send.job_id)
        where o.message_id = send.message_id
        returning o.job_id into job_id;
        exit when found;
        -- A relay has sent the other message meanwhile.
    end loop;
    if wants_job then
        insert into public.jobs (id, action) values (send.job_id, send.queue) on conflict do nothing;
    end if;
    perform pg_notify('outbox', '');
end
$$;

drop function messages.wake();
