"""What is old goes, what is needed stays."""

from genjilib import queries
from genjilib.broker import cleaning, dlq
from genjilib.broker.dlq import Filter
from genjilib.jobs import rules as jobs
from tests.broker.world import World


async def test_only_what_is_old_and_settled_is_forgotten(world: World) -> None:
    await world.do("""
        insert into messages.inbox (consumer, message_id, applied_at)
        select 'q', gen_random_uuid(), now() - age * interval '1 day' from generate_series(1, 60) as age;
        insert into messages.sent (message_id, position, queue, version, body, attempts, created_at, sent_at)
        select gen_random_uuid(), 1, 'q', 1, '{}', 0, now(), now() - age * interval '1 day'
        from generate_series(1, 20) as age;
        insert into public.jobs (id, action, status, created_at, queued_at)
        select gen_random_uuid(), 'q', s::job_status, now() - age, now() - age
        from unnest(array['queued', 'processing', 'succeeded', 'failed']) as s,
            unnest(array[interval '1 minute', interval '3 hours', interval '40 days']) as age;
        insert into public.processed_messages (idempotency_key, claimed_at)
        select age::text, now() - age * interval '1 day' from generate_series(1, 40) as age;
        insert into web.answers (id, request, operation, caller, status, answered_at)
        select int4send(age), '', 'o', 'c', 201, now() - age * interval '1 hour'
        from generate_series(1, 30) as age;
    """)
    done = await cleaning.clean(world.db)
    assert done == {
        **{"inbox": 31, "sent": 14, "failures": 0, "jobs": 2},
        **{"claims": 11, "answers": 7, "timeouts": 4},
    }
    assert await world.rows("select status::text, count(*) from jobs group by 1 order by 1") == [
        ("failed", 2), ("processing", 1), ("queued", 1), ("succeeded", 2), ("timeout", 4)
    ]  # fmt: skip


async def test_a_job_whose_message_still_waits_is_not_timed_out(world: World) -> None:
    await world.do("""
        select messages.emit_job('q', '{}');
        update public.jobs set created_at = now() - interval '1 day', queued_at = now() - interval '1 day';
    """)
    assert (await cleaning.clean(world.db))["timeouts"] == 0


async def test_tries_of_an_open_dead_letter_are_kept(world: World) -> None:
    await world.do("""
        insert into messages.failures (message_id, queue, attempt, counted, failed_at, error, detail)
        select md5(n::text)::uuid, 'q', 1, true, now() - interval '40 days', 'e', 'd'
        from generate_series(1, 2) as n;
        insert into messages.dead_letters (message_id, queue, error, detail, attempts)
        values (md5('1')::uuid, 'q', 'e', 'd', 1);
    """)
    assert (await cleaning.clean(world.db))["failures"] == 1


async def test_a_job_is_as_fresh_as_its_last_replay_and_late_success_is_told(world: World) -> None:
    await world.do(f"""
        insert into public.jobs (id, action, status, created_at, queued_at)
        select md5(n::text)::uuid, 'q', 'failed', now() - interval '1 day', now() - interval '1 day'
        from generate_series(1, 2) as n;
        insert into messages.dead_letters
            (message_id, queue, version, body, position, error, detail, attempts, job_id)
        select gen_random_uuid(), '{world.event.queue}', 1, '{{}}', n, 'e', 'd', 1, md5(n::text)::uuid
        from generate_series(1, 2) as n;
    """)
    await dlq.replay(world.db, Filter(), "me")
    await world.do("delete from messages.outbox")
    assert (await cleaning.clean(world.db))["timeouts"] == 0
    await world.do("update public.jobs set queued_at = now() - interval '3 hours'")
    assert (await cleaning.clean(world.db))["timeouts"] == 2
    job = await world.ask("select id from public.jobs order by id")
    assert (await jobs.get(world.db, job)).error_code == "timeout"
    await queries.messages.finish_jobs(world.db, ids=[job])
    found = await jobs.get(world.db, job)
    assert (found.status, found.error_code, found.error_msg) == ("succeeded", None, None)
