"""From emit to effect: once, in one transaction with the inbox row, whatever is delivered how often."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from genjilib.broker.channels import Outcome
from genjilib.broker.envelope import Received
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit, emit_job
from genjilib.core.errors import Invalid, Unavailable
from genjilib.db import Tx
from tests.broker.world import Ping, World, apply, cut, insert_effects, message


async def test_an_event_takes_effect_once(world: World) -> None:
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    for n in range(20):
        await emit(world.db, world.event(n=n))
    await world.until_count("inbox", 20)
    assert await world.effects() == list(range(20))
    assert await world.ask("select count(*) from messages.outbox") == 0
    assert await world.ask("select count(*) from messages.sent") == 20


async def test_an_event_of_a_rolled_back_transaction_is_never_sent(world: World) -> None:
    world.relay()
    with contextlib.suppress(ZeroDivisionError):
        async with world.db.transaction() as tx:
            await emit(tx, world.event(n=1))
            raise ZeroDivisionError
    await asyncio.sleep(0.3)
    assert await world.ask("select count(*) from messages.outbox") == 0
    assert await world.broker.depth(world.queue.name) == 0


async def test_a_message_delivered_three_times_takes_effect_once(world: World) -> None:
    messages = [message(world.event(n=n)) for n in range(50)]
    for _ in range(3):
        assert set(await world.broker.publish(messages)) == {Outcome.CONFIRMED}
    world.consume(Handler(world.event, apply=apply, batch=40))
    await world.until_count("inbox", 50)
    await world.until(lambda: _empty(world))
    assert sorted(await world.effects()) == list(range(50))


async def test_duplicates_are_dropped_before_they_are_prepared(world: World) -> None:
    prepared: list[int] = []

    async def prepare(_: None, delivery: Delivery[Ping]) -> int:
        prepared.append(delivery.event.n)
        await asyncio.sleep(0.02)
        return delivery.event.n * 10

    async def write(tx: Tx, _: Sequence[Delivery[Ping]], results: Sequence[int]) -> None:
        await insert_effects(tx, results)

    messages = [message(world.event(n=n)) for n in range(10)]
    await world.broker.publish([*messages, *messages])
    world.consume(Handler(world.event, prepare=prepare, apply=write, concurrency=4))
    await world.until_count("inbox", 10)
    await world.broker.publish(messages)
    await world.until(lambda: _empty(world))
    assert sorted(prepared) == list(range(10))
    assert sorted(await world.effects()) == [10 * n for n in range(10)]


async def test_a_connection_lost_between_commit_and_ack_repeats_nothing(world: World) -> None:
    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        await apply(tx, deliveries, _)
        if len(seen) < 3:
            cut(world.broker)
            await asyncio.sleep(0.2)
        seen.append(len(deliveries))

    seen: list[int] = []
    await world.broker.publish([message(world.event(n=n)) for n in range(30)])
    world.consume(Handler(world.event, apply=write, batch=10))
    await world.until_count("inbox", 30)
    await world.until(lambda: _empty(world))
    assert sorted(await world.effects()) == list(range(30))


async def test_one_bad_message_of_a_batch_costs_one_message(world: World) -> None:
    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        if any(delivery.event.n == 37 for delivery in deliveries):
            raise Invalid("37 is not allowed.", code="thirty-seven")
        await apply(tx, deliveries, _)

    await world.broker.publish([message(world.event(n=n)) for n in range(100)])
    world.consume(Handler(world.event, apply=write, batch=100))
    await world.until_count("inbox", 99)
    await world.until_count("dead_letters", 1)
    assert sorted(await world.effects()) == [n for n in range(100) if n != 37]
    assert await world.rows("select error, detail, body ->> 'n' from messages.dead_letters") == [
        ("thirty-seven", "37 is not allowed.", "37")
    ]


async def test_a_handler_that_hangs_stops_at_its_limit_and_others_flow(world: World) -> None:
    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        if delivery.event.n == 0:
            await asyncio.sleep(3600)

    await world.broker.publish([message(world.event(n=n)) for n in range(10)])
    world.consume(Handler(world.event, prepare=prepare, apply=apply, concurrency=2, time_limit=0.1))
    world.relay()
    await world.until_count("inbox", 9)
    await world.until_count("dead_letters", 1)
    assert await world.rows("select error, attempts from messages.dead_letters") == [("time-limit", 5)]


async def test_a_hanging_statement_of_a_batch_costs_one_message(world: World) -> None:
    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        if any(delivery.event.n == 3 for delivery in deliveries):
            await asyncio.sleep(3600)
        await apply(tx, deliveries, _)

    await world.broker.publish([message(world.event(n=n)) for n in range(10)])
    world.consume(Handler(world.event, apply=write, time_limit=0.1))
    world.relay()
    await world.until_count("inbox", 9)
    await world.until_count("dead_letters", 1)
    assert sorted(await world.effects()) == [n for n in range(10) if n != 3]


async def test_a_job_follows_its_message(world: World) -> None:
    tries: list[int] = []

    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        tries.append(delivery.message.attempt)
        assert await world.ask("select status::text from public.jobs") == "processing"
        if len(tries) < 3:
            raise RuntimeError("not yet")

    job_id = await emit_job(world.db, world.event(n=1))
    assert await world.rows("select id, action, status::text from public.jobs") == [
        (job_id, world.queue.name, "queued")
    ]
    world.relay()
    world.consume(Handler(world.event, prepare=prepare, apply=apply))
    await world.until_count("inbox", 1)
    assert tries == [1, 2, 3]
    assert await world.rows(
        "select status::text, attempts, error_code, finished_at > created_at from jobs"
    ) == [("succeeded", 3, None, True)]


async def test_events_of_one_key_are_one_message(world: World) -> None:
    first = await emit(world.db, world.event(n=1), key="rotation:1")
    second = await emit(world.db, world.event(n=1), key="rotation:1")
    assert first == second
    job = await emit_job(world.db, world.event(n=1), key="rotation:1")
    assert job == await emit_job(world.db, world.event(n=1), key="rotation:1")
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 1)
    await emit_job(world.db, world.event(n=1), key="rotation:1")
    await world.until_count("sent", 2)
    await world.until(lambda: world.ask("select count(*) = 2 from jobs where status = 'succeeded'"))
    assert await world.effects() == [1]


async def test_a_body_over_the_limit_is_refused_when_emitted(world: World) -> None:
    with pytest.raises(Invalid, match="1 MB"):
        await emit(world.db, world.event(n=1, key="x" * 1_100_000))


async def test_events_emitted_while_handling_name_their_cause(world: World) -> None:
    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        if delivery.event.n == 1:
            await emit(world.db, world.event(n=2))

    first = await emit(world.db, world.event(n=1))
    world.relay()
    world.consume(Handler(world.event, prepare=prepare))
    await world.until_count("inbox", 2)
    assert await world.rows("select causation from messages.sent where body ->> 'n' = '2'") == [(first,)]


async def test_a_stopped_consumer_finishes_what_it_began_and_returns_the_rest(world: World) -> None:
    begun = asyncio.Event()

    async def prepare(_: None, __: Delivery[Ping]) -> None:
        begun.set()
        await asyncio.sleep(0.2)

    await world.broker.publish([message(world.event(n=n)) for n in range(20)])
    consumer = world.consume(Handler(world.event, prepare=prepare, apply=apply, concurrency=3))
    await begun.wait()
    consumer.stop()
    await asyncio.wait_for(asyncio.shield(world.tasks[-1]), 5)
    done = await world.ask("select count(*) from messages.inbox")
    assert 1 <= done <= 3
    await world.until(lambda: _depth(world, 20 - done))


async def test_messages_wait_while_an_outside_service_is_away(world: World) -> None:
    away = True

    async def prepare(_: None, __: Delivery[Ping]) -> None:
        if away:
            raise Unavailable("Discord does not answer.", after=0.05)

    for n in range(5):
        await emit(world.db, world.event(n=n))
    world.relay()
    world.consume(Handler(world.event, prepare=prepare, apply=apply, concurrency=5))
    await world.until_count("failures", 30)
    away = False
    await world.until_count("inbox", 5)
    assert await world.ask("select bool_or(counted) from messages.failures") is False
    assert await world.ask("select count(*) from messages.dead_letters") == 0


async def _empty(world: World) -> bool:
    return await world.broker.depth(world.queue.name) == 0


async def _depth(world: World, count: int) -> bool:
    return await world.broker.depth(world.queue.name) == count


async def test_what_was_delivered_before_is_fetched_in_growing_steps(world: World) -> None:
    await world.broker.publish([message(world.event(n=n)) for n in range(61)])
    subscription = world.broker.subscribe(world.queue.name, prefetch=60)
    first = await subscription.take(60)
    assert len(first) == 1
    subscription.ack(first)
    fresh: list[Received] = []
    while len(fresh) < 60:
        fresh += await subscription.take(60)
    cut(world.broker)
    steps: list[int] = []
    while sum(steps) < 60:
        step = await subscription.take(60)
        await asyncio.sleep(0.05)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                step += await subscription.take(60)
        steps.append(len(step))
        subscription.ack(step)
    assert steps == [1, 2, 4, 8, 16, 29]
    subscription.close()
