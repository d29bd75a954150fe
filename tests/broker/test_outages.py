"""RabbitMQ away, restarted, killed, in alarm: nothing lost, nothing doubled, and the state is told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from genjilib.broker.client import Broker
from genjilib.broker.handler import Handler
from genjilib.broker.outbox import emit
from genjilib.core import metrics
from genjilib.db import Db
from genjilib.local.rabbitmq import RabbitMQ
from tests.broker.world import QUICK, World, apply, new_event, settings


@pytest.fixture(scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RabbitMQ]:
    """A node that these tests may stop and kill."""
    node = RabbitMQ(Path(tmp_path_factory.mktemp("node")), durable=False)
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
async def world(node: RabbitMQ, database_url: str) -> AsyncIterator[World]:
    """A world on that node, with relay and consumer running."""
    async with (
        Db.open(settings(database_url, node.url()), name="test") as db,
        Broker(node.url(), name="test", timing=QUICK) as broker,
    ):
        world = World(db, broker, database_url, node.url(), new_event())
        await world.do("create schema test; create table test.effects (id bigserial, n integer)")
        await broker.declare([world.queue])
        await asyncio.sleep(1.5)  # RabbitMQ 3.10 forgets quorum queues that are younger when it is killed
        world.relay()
        world.consume(Handler(world.event, apply=apply, batch=20))
        yield world
        await world.end()


async def emit_steadily(world: World, count: int) -> None:
    """Emit events over about two seconds."""
    for n in range(count):
        await emit(world.db, world.event(n=n))
        await asyncio.sleep(0.005)


async def test_nothing_is_lost_or_doubled_when_rabbitmq_is_killed_under_load(
    world: World, node: RabbitMQ
) -> None:
    emitting = world.run(emit_steadily(world, 400))
    await asyncio.sleep(0.7)
    node.kill()
    await node.start()
    await emitting
    await world.until_count("inbox", 400, seconds=30)
    assert sorted(await world.effects()) == list(range(400))
    assert await world.ask("select count(*) from messages.dead_letters") == 0


async def test_the_outbox_takes_messages_while_rabbitmq_is_down(world: World, node: RabbitMQ) -> None:
    node.kill()
    await world.until(lambda: _is(lambda: not world.broker.publishable.is_set()))
    assert metrics.BROKER_CONNECTED._value.get() == 0  # pyright: ignore[reportPrivateUsage]
    await emit_steadily(world, 50)
    assert await world.ask("select count(*) from messages.outbox") == 50
    await node.start()
    await world.until_count("inbox", 50, seconds=30)
    assert await world.ask("select count(*) from messages.outbox") == 0
    assert sorted(await world.effects()) == list(range(50))


async def test_in_an_alarm_publishing_waits_consuming_goes_on_and_it_is_told(
    world: World, node: RabbitMQ
) -> None:
    await node.ctl("set_vm_memory_high_watermark", "0.00001")
    try:
        emitting = world.run(emit_steadily(world, 50))
        await world.until(lambda: _is(lambda: world.broker.blocked))
        assert metrics.BROKER_BLOCKED._value.get() == 1  # pyright: ignore[reportPrivateUsage]
        await emitting
    finally:
        await node.ctl("set_vm_memory_high_watermark", "0.4")
    await world.until_count("inbox", 50, seconds=30)
    assert sorted(await world.effects()) == list(range(50))
    assert not world.broker.blocked


async def _is(check: object) -> bool:
    assert callable(check)
    return bool(check())
