"""The relay dies or meets others: what was committed is published, and applied once."""

import asyncio
from functools import partial

import psycopg
import pytest

from genjilib.broker.client import Broker
from genjilib.broker.topology import find
from tests.broker.world import message
from tests.chaos.effects import QUEUE, Effect
from tests.chaos.scene import EMIT, LONG, MESSAGES, PATIENT, PROMPT, STRIKES, Scene

PUBLISHED = "client", "basic.publish"


@pytest.mark.row("6")
async def test_what_a_dead_publisher_committed_is_sent_by_another(scene: Scene) -> None:
    relay = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("client", "basic.publish")
        await scene.emit(MESSAGES // STRIKES)
        relay = await scene.killed_at(strike, relay)
    assert scene.recovery < PROMPT
    await scene.verdict()


@pytest.mark.row("7")
async def test_what_a_relay_published_without_marking_it_is_dropped_by_the_inbox(scene: Scene) -> None:
    relay = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("server", "basic.ack")
        await scene.emit(MESSAGES // STRIKES)
        relay = await scene.killed_at(strike, relay)
    await scene.verdict()
    assert scene.broker.counts[PUBLISHED] > MESSAGES


@pytest.mark.row("8")
async def test_ten_relays_publish_each_message_once(scene: Scene) -> None:
    # What is lost with a connection is published again, and none is to be lost because the machine is busy.
    relay = partial(scene.worker, AMQP_HEARTBEAT_SECONDS="60")
    await asyncio.gather(relay(), relay())
    await scene.emit(MESSAGES // 2)
    await asyncio.gather(*(relay() for _ in range(8 if LONG else 3)))
    await scene.emit(MESSAGES // 2)
    await scene.verdict()
    assert scene.broker.counts[PUBLISHED] == MESSAGES


@pytest.mark.row("9")
async def test_a_row_that_is_committed_after_later_ones_is_published_too(scene: Scene) -> None:
    await scene.worker()
    late = range(10**6, 10**6 + MESSAGES // 2)
    async with await psycopg.AsyncConnection.connect(scene.database_url) as connection:
        await connection.execute(EMIT, (QUEUE, "", 1, late.start, late.stop - 1))
        await scene.emit(MESSAGES // 2)
        await scene.rest()
        await connection.commit()
        scene.hit()
    scene.ledger.accepted.update(late)
    await scene.recovered()
    await scene.verdict()


@pytest.mark.row("24")
async def test_with_another_topology_a_worker_says_so_or_its_messages_wait(scene: Scene) -> None:
    worker = await scene.worker()
    await scene.emit(MESSAGES // 2)
    await scene.rest()
    await scene.manage("delete", f"queues/{{vhost}}/{QUEUE}")
    await scene.emit(MESSAGES // 2)
    await scene.until(lambda: worker.metric("genji_outbox_refused_total"))
    await worker.stop()
    drifted = {**find(QUEUE).arguments(), "x-max-length-bytes": 12345}
    await scene.manage("put", f"queues/{{vhost}}/{QUEUE}", durable=True, arguments=drifted)
    wrong = await scene.worker(ready=False)
    assert await wrong.ended() == 2
    assert "other arguments" in wrong.words().splitlines()[-1]
    await scene.manage("delete", f"queues/{{vhost}}/{QUEUE}")
    await scene.manage("delete", f"queues/{{vhost}}/{find(QUEUE).dead}")
    if LONG:
        await wear_out(scene)
    scene.hit()
    await scene.worker()
    await scene.recovered()
    if LONG:  # RabbitMQ tries again every three minutes
        await scene.until(scene.dead, within=300)
        assert await scene.rows("select error from messages.dead_letters") == [("delivery-limit",)]
    await scene.verdict(dead=int(LONG))


async def wear_out(scene: Scene) -> None:
    """Have RabbitMQ give a message up while its dead queue is missing: it keeps it."""
    await scene.direct.declare_one(QUEUE, find(QUEUE).arguments())
    await scene.limit_deliveries(1)
    await scene.publish([message(Effect(n=10**9))])
    scene.ledger.accepted.add(10**9)
    for _ in range(2):
        async with Broker(scene.amqp_url, name="dies", timing=PATIENT) as broker:
            await broker.subscribe(QUEUE, prefetch=1).take(1)
    await scene.until(lambda: gone(scene))
    await asyncio.sleep(5)
    assert await scene.dead() == []


async def gone(scene: Scene) -> bool:
    """Whether nobody would get the message any more."""
    return await scene.depth() == 0
