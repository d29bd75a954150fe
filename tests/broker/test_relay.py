"""From outbox to queue: nothing lost, in order, once unless something dies."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg

from genjilib import queries
from genjilib.broker.channels import Outcome
from genjilib.broker.client import Broker
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit
from genjilib.broker.relay import Relay, claim
from genjilib.broker.topology import Queue
from genjilib.core.clock import now
from genjilib.db import Tx
from tests.broker.world import FAST, QUICK, Ping, World, apply, message, new_event


async def emit_many(world: World, numbers: Sequence[int], *, keys: int = 0) -> None:
    """Emit events in one transaction, spread over ``keys`` order keys."""
    async with world.db.transaction() as tx:
        for n in numbers:
            await emit(tx, world.event(n=n, key=f"k{n % keys}" if keys else None))


async def test_two_relays_publish_each_message_once(world: World) -> None:
    await emit_many(world, range(1500))
    world.relay(batch=100, lanes=2)
    world.relay(batch=100, lanes=2)
    await world.until_count("sent", 1500)
    assert await world.broker.depth(world.queue.name) == 1500
    assert await world.ask("select count(*) from messages.outbox") == 0


async def test_order_within_a_key_is_kept_by_several_relays(world: World) -> None:
    await emit_many(world, range(600), keys=7)
    world.relay(batch=50, lanes=2)
    world.relay(batch=50, lanes=2)
    world.consume(Handler(world.event, apply=apply, batch=50))
    await world.until_count("inbox", 600)
    effects = await world.effects()
    for key in range(7):
        assert [n for n in effects if n % 7 == key] == list(range(key, 600, 7))


async def test_order_within_a_key_survives_failures_and_concurrency(world: World) -> None:
    failed: set[int] = set()

    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        n = delivery.event.n
        await asyncio.sleep(0.001 * (n % 3))
        if n % 5 == 0 and n not in failed:
            failed.add(n)
            raise RuntimeError("the first try fails")

    await emit_many(world, range(60), keys=3)
    world.relay()
    world.consume(Handler(world.event, prepare=prepare, apply=apply, concurrency=8))
    await world.until_count("inbox", 60)
    effects = await world.effects()
    for key in range(3):
        assert [n for n in effects if n % 3 == key] == list(range(key, 60, 3))


async def test_order_within_a_key_survives_failures_in_a_batch(world: World) -> None:
    failed: set[int] = set()

    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        for n in (delivery.event.n for delivery in deliveries):
            if n in (4, 10) and n not in failed:
                if len(deliveries) == 1:
                    failed.add(n)
                raise RuntimeError("the first try fails")
        await apply(tx, deliveries, _)

    await emit_many(world, range(30), keys=2)
    world.relay()
    world.consume(Handler(world.event, apply=write, batch=30))
    await world.until_count("inbox", 30)
    effects = await world.effects()
    for key in range(2):
        assert [n for n in effects if n % 2 == key] == list(range(key, 30, 2))


async def test_order_within_a_key_survives_while_earlier_ones_travel_again(world: World) -> None:
    failed: set[int] = set()

    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        (n,) = (delivery.event.n for delivery in deliveries)
        if n == 0 and not failed:
            failed.add(n)
            raise RuntimeError("the first try fails")
        if n == 3:  # meanwhile 0 and 2 leave the outbox for RabbitMQ again
            async with asyncio.timeout(60):
                while await world.ask("select count(*) filter (where returned) < 2 from messages.sent"):
                    await asyncio.sleep(0.02)
        await apply(tx, deliveries, _)

    async with world.db.transaction() as tx:
        for n in (0, 2, 3, 4, 6):
            await emit(tx, world.event(n=n, key=f"k{n % 2}"))
    world.relay()
    world.consume(Handler(world.event, apply=write, batch=1, time_limit=120))
    await world.until_count("inbox", 5)
    assert await world.effects() == [3, 0, 2, 4, 6]


async def test_order_within_a_key_survives_later_ones_in_front(world: World) -> None:
    failed: set[int] = set()

    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        if any(delivery.event.n == 0 for delivery in deliveries) and 0 not in failed:
            if len(deliveries) == 1:
                failed.add(0)
            raise RuntimeError("the first try fails")
        await apply(tx, deliveries, _)

    await emit_many(world, range(4), keys=1)
    world.relay()
    # The last one is taken together with those that came again meanwhile.
    pace = replace(FAST, linger=0.5)
    world.consume(Handler(world.event, apply=write, batch=3), pace=pace)
    await world.until_count("inbox", 4)
    assert await world.effects() == [0, 1, 2, 3]


async def test_one_that_was_lost_after_it_was_put_back_is_waited_for_ever_longer(world: World) -> None:
    lost = await emit(world.db, world.event(n=1, key="k"))
    await world.do("update messages.outbox set returned = true")
    await queries.messages.mark_sent(world.db, ids=[lost])
    await emit(world.db, world.event(n=2, key="k"))
    await world.do("update messages.sent set sent_at = now() - interval '3 seconds'")
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until(lambda: world.ask("select run_at > now() + interval '2 seconds' from messages.outbox"))
    await world.do("update messages.sent set sent_at = now() - interval '2 hours' where returned")
    await world.do("update messages.outbox set run_at = now()")
    await world.until_count("inbox", 1)
    assert await world.effects() == [2]


async def test_a_message_without_a_queue_waits_and_arrives_once_there_is_one(world: World) -> None:
    lost = new_event()
    await emit(world.db, lost(n=1))
    await emit(world.db, world.event(n=2))
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 1)
    await world.until(lambda: world.ask("select refusals > 0 from messages.outbox"))
    await world.broker.declare([Queue(lost.queue, "worker", "tests")])
    world.consume(Handler(lost, apply=apply))
    await world.until_count("inbox", 2)
    assert sorted(await world.effects()) == [1, 2]


async def test_a_full_queue_refuses_and_the_message_waits(world: World) -> None:
    small = new_event()
    await world.broker.declare([Queue(small.queue, "worker", "tests", max_bytes=300)])
    async with world.db.transaction() as tx:
        for n in range(50):
            await emit(tx, small(n=n, key="x" * 100))
    world.relay(batch=5, lanes=1)
    await world.until(lambda: world.ask("select max(refusals) > 0 from messages.outbox"))
    world.consume(Handler(small, apply=apply))
    await world.until_count("inbox", 50)
    assert await world.effects() == list(range(50))


async def test_an_earlier_number_that_commits_late_is_not_passed_over(world: World) -> None:
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    async with world.db.transaction() as late:
        await emit(late, world.event(n=1))
        outside = asyncio.create_task(_emit_apart(world, 2))
        await outside
        await world.until_count("inbox", 1)
    await world.until_count("inbox", 2)
    assert await world.effects() == [2, 1]


async def test_a_delayed_message_waits_for_its_time(world: World) -> None:
    moment = await world.ask("select clock_timestamp() + interval '0.7 seconds'")
    await emit(world.db, world.event(n=1), run_at=moment)
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await asyncio.sleep(0.3)
    assert await world.ask("select count(*) from messages.sent") == 0
    await world.until_count("inbox", 1)
    assert now() >= moment


async def test_a_relay_that_dies_before_it_marks_repeats_and_the_inbox_drops_it(world: World) -> None:
    await emit_many(world, range(10))
    async with world.db.transaction() as tx:
        claimed = await claim(tx, 10)
        await world.broker.publish(
            [message(world.event(n=0), message_id=row.message_id, body=row.body) for row in claimed]
        )
        await tx._connection.execute("rollback")  # pyright: ignore[reportPrivateUsage]  # the relay dies here
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("sent", 10)
    await world.until_count("inbox", 10)
    assert sorted(await world.effects()) == list(range(10))


async def test_outcomes_tell_confirmed_from_unroutable_and_unknown(world: World) -> None:
    lost = new_event()
    events = [world.event(n=1), lost(n=2), world.event(n=3)]
    outcomes = await world.broker.publish([message(event) for event in events])
    assert outcomes == [Outcome.CONFIRMED, Outcome.UNROUTABLE, Outcome.CONFIRMED]
    async with Broker("amqp://nobody:x@127.0.0.1:1/%2F", name="test", timing=QUICK) as away:
        assert await away.publish([message(world.event(n=4))]) == [Outcome.UNKNOWN]


async def test_the_waiting_messages_are_counted(world: World) -> None:
    await emit_many(world, range(3))
    row = await queries.messages.waiting(world.db)
    assert row.messages == 3
    assert 0 <= row.oldest_seconds < 5


async def test_one_pump_publishes_one_batch(world: World) -> None:
    await emit_many(world, range(7))
    relay = Relay(world.db, world.broker, url=world.url, batch=5)
    assert [await relay.pump(), await relay.pump(), await relay.pump()] == [5, 2, 0]


async def _emit_apart(world: World, n: int, *, open_for: float = 0) -> None:
    """Emit in a transaction of its own, which stays open for so many seconds."""
    async with await psycopg.AsyncConnection.connect(world.url) as connection:
        event = (world.event.queue, n)
        await connection.execute("select messages.emit(%s, jsonb_build_object('n', %s::int))", event)
        await asyncio.sleep(open_for)


async def test_what_commits_after_the_one_that_notified_is_found_soon(world: World) -> None:
    """Of transactions that emit at the same time one wakes the relay; the other may commit after it."""
    world.relay(poll=600)
    event = (world.event.queue, '{"n": 2}')
    async with await psycopg.AsyncConnection.connect(world.url) as late:
        async with world.db.transaction() as first:
            await emit(first, world.event(n=1))
            await late.execute("select messages.emit(%s, %s)", event)
        await world.until_count("sent", 1)
        await late.commit()
    await world.until_count("sent", 2)


async def test_who_commits_beside_a_longer_transaction_does_not_wait_for_the_next_poll(world: World) -> None:
    world.relay(poll=600)
    async with world.db.transaction() as longer:
        await emit(longer, world.event(n=1))  # it is the one that notifies, when it commits
        await _emit_apart(world, 2)
        await asyncio.sleep(0.3)
        assert await world.ask("select count(*) from messages.sent") == 1
        late = asyncio.create_task(_emit_apart(world, 3, open_for=0.5))
        await asyncio.sleep(0.1)
    await late
    await world.until_count("sent", 3)
