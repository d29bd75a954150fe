-- What a verdict tells is stored and sent by one statement; rows that verdicts change often keep room for it.
-- migrate:up
-- Put messages into the outbox, in their order, and rows into public.jobs that follow those that want a job.
-- An empty order key is none.
create function messages.send_all(
    message_ids uuid[],
    queues text[],
    bodies jsonb[],
    order_keys text[],
    versions integer[],
    job_ids uuid[],
    want_jobs boolean[],
    trace text,
    causation uuid
) returns void
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into messages.outbox (message_id, queue, version, body, order_key, job_id, trace, causation)
    select
        m.message_id, m.queue, m.version, m.body, nullif(m.order_key, ''), case when m.wants_job then m.job_id end,
        send_all.trace, send_all.causation
    from unnest(message_ids, queues, bodies, order_keys, versions, job_ids, want_jobs) with ordinality
        as m (message_id, queue, body, order_key, version, job_id, wants_job, place)
    order by m.place;
    if true = any (want_jobs) then
        insert into public.jobs (id, action)
        select m.job_id, m.queue
        from unnest(queues, job_ids, want_jobs) as m (queue, job_id, wants_job)
        where m.wants_job;
    end if;
    perform messages.wake();
end;
$$;

alter table completions.totals set (fillfactor = 70);
alter table ranks.leaders set (fillfactor = 70);
alter table lootbox.xp set (fillfactor = 70);

-- migrate:down
alter table lootbox.xp reset (fillfactor);
alter table ranks.leaders reset (fillfactor);
alter table completions.totals reset (fillfactor);
drop function messages.send_all(uuid[], text[], jsonb[], text[], integer[], uuid[], boolean[], text, uuid);
