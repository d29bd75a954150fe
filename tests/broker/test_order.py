"""Order within a key, whatever befalls its messages: failures, death and replay, lost acknowledgements."""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from genjilib import queries
from genjilib.broker import dlq, lanes, ledger
from genjilib.broker.breaker import Breaker
from genjilib.broker.client import Broker
from genjilib.broker.consume import Consumer
from genjilib.broker.dlq import Filter
from genjilib.broker.failures import Failure, Verdict
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit
from genjilib.broker.settle import Settler, Work
from genjilib.broker.topology import Queue
from genjilib.core.errors import NotFound
from genjilib.db import Tx
from tests.broker.world import FAST, QUICK, Ping, World, apply, cut, insert_effects, message, new_event

RUNS = int(os.environ.get("ORDER_RUNS", "2"))
"""How many random plays."""
KEYS = 4
EACH = 15
"""Messages of a key."""

BAD = Failure(Verdict.DEAD, "bad", "It was bad.", None, None)


async def test_one_that_was_refused_is_waited_for_before_the_relay_says_so(world: World) -> None:
    async with world.db.transaction() as tx:
        moment = await world.ask("select clock_timestamp() + interval '0.3 seconds'")
        await emit(tx, world.event(n=1, key="k"), run_at=moment)  # as if a relay still had it in hand
    later = message(world.event(n=2, key="k"), order_key="k", position=10**9)
    await world.broker.publish([later])
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 2)
    assert await world.effects() == [1, 2]


async def test_nobody_waits_for_a_letter_that_was_edited(world: World) -> None:
    old = await emit(world.db, world.event(n=1, key="k"))
    await world.do("update messages.outbox set returned = true")
    await queries.messages.mark_sent(world.db, ids=[old])
    (position,) = (await world.rows("select position from messages.sent"))[0]
    dead = message(world.event(n=1, key="k"), message_id=old, order_key="k", position=position)
    await ledger.bury(world.db, dead, BAD)
    await dlq.edit(world.db, Filter(), lambda _: b'{"n": 10, "key": "k"}', lambda _: world.event, "ann")
    await emit(world.db, world.event(n=2, key="k"))
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 2)
    assert await world.effects() == [10, 2]


async def test_what_was_prepared_is_not_prepared_again_for_a_replay(world: World) -> None:
    await ledger.bury(world.db, message(world.event(n=1, key="k"), order_key="k", position=1), BAD)
    prepared: list[int] = []

    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        prepared.append(delivery.event.n)
        if delivery.event.n == 2:  # the earlier one lives again while this one has its effect outside
            await dlq.replay(world.db, Filter(queue=world.queue.name), "ann")

    await world.broker.publish([message(world.event(n=2, key="k"), order_key="k", position=2)])
    world.relay()
    world.consume(Handler(world.event, prepare=prepare, apply=apply))
    await world.until_count("inbox", 2)
    assert prepared == await world.effects() == [2, 1]


async def test_what_is_put_back_does_not_close_the_breaker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = True

    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        if bad:
            raise RuntimeError("everything is wrong")
        await apply(tx, deliveries, _)

    monkeypatch.setattr(lanes, "Breaker", lambda probe: Breaker(window=20, needed=2, probe=0.02))
    async with world.db.transaction() as tx:
        for n in range(60):  # behind each that fails there are five to be put back
            await emit(tx, world.event(n=n, key=f"k{n % 10}"))
    world.relay()
    world.consume(Handler(world.event, apply=write, batch=10))
    await world.until(lambda: world.ask("select count(*) > 10 from messages.failures where not counted"))
    assert await world.ask("select count(*) from messages.failures where counted") <= 20
    bad = False
    await world.until_count("inbox", 60)
    effects = await world.effects()
    for key in range(10):
        assert [n for n in effects if n % 10 == key] == list(range(key, 60, 10))


class Crowd:
    """Some workers on one ordered queue, whose handlers do with each message what was drawn for it."""

    def __init__(self, world: World, chosen: random.Random, event: type[Ping]) -> None:
        self.world, self.event = world, event
        self._random = chosen
        self._fates = {
            n: chosen.choices(("fine", "fails", "fails twice", "dies"), weights=(12, 4, 1, 1))[0]
            for n in range(KEYS * EACH)
        }
        self._tries: defaultdict[int, int] = defaultdict(int)
        self._prepares = chosen.random() < 0.5
        self._batch = chosen.choice((1, 3, 10))

    def mortal(self) -> set[int]:
        """Those that die once, which later ones do not wait for."""
        return {n for n, fate in self._fates.items() if fate == "dies"}

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Broker]:
        """One more worker; at the end of the block it is gone with all that it had in hand."""
        async with Broker(self.world.amqp_url, name="order", timing=QUICK) as broker:
            handler: Handler[Any, Any, Any] = Handler(self.event, apply=self._apply, batch=self._batch)
            if self._prepares:
                handler = Handler(self.event, prepare=self._prepare, apply=apply, concurrency=4)
            work = asyncio.create_task(Consumer(self.world.db, broker, [handler], None, pace=FAST).run())
            try:
                yield broker
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    async def _prepare(self, _: None, delivery: Delivery[Ping]) -> None:
        await asyncio.sleep(self._random.choice((0, 0, 0.002, 0.01)))
        self._meet(delivery.event.n)

    async def _apply(self, tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        await asyncio.sleep(self._random.choice((0, 0, 0.002, 0.01)))
        for delivery in deliveries:
            self._meet(delivery.event.n, alone=len(deliveries) == 1)
        await insert_effects(tx, [delivery.event.n for delivery in deliveries])

    def _meet(self, n: int, *, alone: bool = True) -> None:
        tries, fate = self._tries[n], self._fates[n]
        failing = {"fine": 0, "fails": 1, "fails twice": 2, "dies": 1}[fate]
        if tries < failing:
            self._tries[n] += alone
            raise NotFound("It has to die.") if fate == "dies" else RuntimeError("not yet")


async def replaying(world: World, queue: str) -> None:
    """Send again what died, as soon as it did."""
    while True:
        await dlq.replay(world.db, Filter(queue=queue), "ann")
        await asyncio.sleep(0.05)


@pytest.mark.timeout(60 + 10 * RUNS)
@pytest.mark.parametrize("run", range(RUNS))
async def test_order_within_a_key_survives_whatever_happens(
    world: World, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    seed = random.randrange(10**6)
    print(f"run {run}, seed {seed}")
    chosen = random.Random(seed)
    crowd = Crowd(world, chosen, new_event())
    queue = Queue(crowd.event.queue, "worker", "tests", ordered=True, max_bytes=chosen.choice((500, 10**6)))
    await world.broker.declare([queue])
    monkeypatch.setattr(lanes, "Breaker", lambda probe: Breaker(window=10, needed=2, probe=0.05))
    acknowledge = Settler.ack
    brokers: list[Broker] = []

    def ack(settler: Settler, works: Sequence[Work]) -> None:
        if chosen.random() < 0.03:  # what was written is not acknowledged, and comes again to somebody
            cut(chosen.choice(brokers))
        acknowledge(settler, works)

    monkeypatch.setattr(Settler, "ack", ack)
    async with AsyncExitStack() as stack:
        brokers += [await stack.enter_async_context(crowd.worker()) for _ in range(chosen.choice((1, 2, 3)))]
        world.relay(batch=chosen.choice((2, 10, 100)))
        world.run(replaying(world, queue.name))
        for start in range(0, KEYS * EACH, 10):
            async with world.db.transaction() as tx:
                for n in range(start, start + 10):
                    await emit(tx, crowd.event(n=n, key=f"k{n % KEYS}"))
            await asyncio.sleep(chosen.choice((0, 0.01, 0.1)))
            if chosen.random() < 0.2:
                async with crowd.worker() as other:
                    brokers.append(other)
                    await asyncio.sleep(0.05)
                    brokers.remove(other)
        await world.until_count("inbox", KEYS * EACH)
    effects = await world.effects()
    assert sorted(effects) == list(range(KEYS * EACH))
    for key in range(KEYS):
        numbers = [n for n in effects if n % KEYS == key and n not in crowd.mortal()]
        assert numbers == sorted(numbers)
