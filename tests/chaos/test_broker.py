"""RabbitMQ restarts, dies, is in alarm or ends a slow consumer: messages wait and take effect once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp
import pytest

from genjilib.broker.client import Broker
from genjilib.broker.connection import Timing
from genjilib.local.rabbitmq import RabbitMQ
from tests.broker.world import message
from tests.chaos.effects import Effect
from tests.chaos.scene import LONG, MESSAGES, PROMPT, STRIKES, Scene


@pytest.fixture
def row_vhost(node: RabbitMQ) -> tuple[str, str]:
    """The virtual host of that node."""
    return node.url(), node.management_url


SPREAD = 8 if LONG else 3
"""Seconds over which many clients spread their return; 8 is the default of the setting."""


class Client:
    """Publishes entries over HTTP, and knows how long each answer took."""

    def __init__(self, port: int, key: str) -> None:
        self._url, self._headers = f"http://127.0.0.1:{port}/api/v3/newsfeed", {"X-API-KEY": key}

    async def seconds(self, count: int) -> float:
        """Publish so many, one after the other; all are accepted. Returns within how long 99 % were answered.

        The middle of few answers, for the slowest tell more about what else the machine does.
        """
        took: list[float] = []
        payload = {"type": "announcement", "title": "Now", "content": "There"}
        entry = {"id": None, "timestamp": "2026-01-01T00:00:00Z", "payload": payload}
        async with aiohttp.ClientSession(headers=self._headers) as http:
            for _ in range(count):
                began = time.monotonic()
                async with http.post(self._url, json=entry) as answer:
                    assert answer.status == 201, await answer.text()
                took.append(time.monotonic() - began)
        return sorted(took)[len(took) * (99 if LONG else 50) // 100]


@pytest.mark.row("10", "11", "29")
async def test_while_rabbitmq_restarts_is_down_and_dies_nothing_is_lost(scene: Scene, node: RabbitMQ) -> None:
    worker, api = await asyncio.gather(scene.worker(), scene.start("api"))
    client = Client(api.port, await scene.key())
    await client.seconds(10)
    before = await client.seconds(1000 if LONG else 60)
    for _ in range(STRIKES):
        await scene.emit(MESSAGES // STRIKES // 4, pause=1.5 / MESSAGES * 100)
        await node.evaluate("rabbit:stop()")
        await scene.emit(MESSAGES // STRIKES // 4)
        during = await client.seconds(1000 if LONG else 60)
        print(f"answers within {before * 1000:.0f} ms before, {during * 1000:.0f} ms without RabbitMQ")
        await scene.until(lambda: worker.metric("genji_outbox_oldest_seconds"))
        assert await worker.metric("genji_broker_connected") == 0
        await asyncio.sleep(300 / STRIKES if LONG else 0)
        await node.evaluate("rabbit:start()")
        assert during <= (1.2 if LONG else 3) * before + 0.05  # what else this machine does takes its time
        scene.hit()
        await scene.emit(20)  # for what waited may be done before the command says that the node is up
        await scene.recovered()
    async with many(scene, 200 if LONG else 30) as (gone, back):
        await asyncio.sleep(1.5)  # RabbitMQ 3.10 forgets quorum queues that are younger when it is killed
        for _ in range(STRIKES):
            load = asyncio.create_task(scene.emit(MESSAGES // STRIKES // 4, pause=0.01))
            node.kill()
            await gone()
            await scene.emit(MESSAGES // STRIKES // 4)
            await load
            await node.start()
            scene.hit()
            await scene.emit(20)
            seconds = await back()
            print(f"all are back, {seconds:.1f} s after the first")
            assert seconds > SPREAD / 2
            await scene.recovered()
    await scene.verdict()


@asynccontextmanager
async def many(
    scene: Scene, count: int
) -> AsyncGenerator[tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[float]]]]:
    """Connect many clients; yields what waits until all are gone, and how long their return took."""
    async with AsyncExitStack() as stack:
        timing = Timing(later=SPREAD)
        named = [Broker(scene.amqp_url, name=f"many-{n}", timing=timing) for n in range(count)]
        brokers = [await stack.enter_async_context(broker) for broker in named]

        async def gone() -> None:
            while any(broker.publishable.is_set() for broker in brokers):
                await asyncio.sleep(0.02)

        async def moment(broker: Broker) -> float:
            await broker.publishable.wait()
            return time.monotonic()

        async def back() -> float:
            moments = await asyncio.gather(*map(moment, brokers))
            return max(moments) - min(moments)

        await back()
        yield gone, back


@pytest.mark.row("18")
async def test_a_slow_consumer_keeps_its_connection_and_its_messages(scene: Scene) -> None:
    worker = await scene.worker("slow", AMQP_HEARTBEAT_SECONDS="25" if LONG else "2")
    slow = 120 if LONG else 5  # twice the heartbeat and more
    await scene.emit(4, fate=str(slow))
    await scene.emit(50, fate="0")
    await scene.rest(within=60 + 2 * slow)
    await scene.verdict()
    assert worker.lines("broker-away") == worker.lines("consumer-closed") == []
    assert scene.broker.counts["server", "basic.deliver"] == 54


MEMORY = "vm_memory_monitor:set_vm_memory_high_watermark({})"
DISK = "rabbit_disk_monitor:set_disk_free_limit({})"


@pytest.mark.row("19")
async def test_in_an_alarm_publishing_waits_and_consuming_goes_on(scene: Scene, node: RabbitMQ) -> None:
    api, key = await scene.start("api"), await scene.key()
    memory = MEMORY.format("0.00001"), MEMORY.format("0.4")
    disk = DISK.format('"1000GB"'), DISK.format('"64MB"')
    both = f"{memory[0]}, {disk[0]}", f"{memory[1]}, {disk[1]}"
    alarms = [memory, disk, both] if LONG else [both]
    share = MESSAGES // len(alarms) // 2
    for number, (alarm, calm) in enumerate(alarms, 1):
        waiting = range(number * 10**6, number * 10**6 + share)
        await scene.publish([message(Effect(n=n)) for n in waiting])
        scene.ledger.accepted.update(waiting)
        await node.evaluate(alarm)
        worker = await scene.worker()
        await scene.emit(share)
        await scene.until(partial(worker.metric, "genji_broker_blocked"), within=PROMPT)
        applied = "select count(*) = %s from chaos.effects where n between %s and %s"
        await scene.until(partial(scene.ask, applied, share, waiting.start, waiting.stop))
        await Client(api.port, key).seconds(5)
        assert await worker.metric("genji_broker_blocked")
        assert await scene.ask("select count(*) > 0 from messages.outbox")
        await node.evaluate(calm)
        scene.hit()
        await scene.emit(20)  # for what was published before the alarm was heard may be done
        await scene.recovered()
        await scene.rest()
        assert not await worker.metric("genji_broker_blocked")
        await worker.stop()
    await scene.verdict()


@pytest.mark.row("32")
async def test_a_consumer_ended_for_slowness_does_its_work_once(scene: Scene, node: RabbitMQ) -> None:
    settings = "application:set_env(rabbit, {}, 1000)"
    both = [settings.format(name) for name in ("consumer_timeout", "channel_tick_interval")]
    await node.evaluate(", ".join(both))
    worker = await scene.worker("slow")
    await scene.emit(2, fate="4")
    await scene.emit(50, fate="0")
    await scene.until(lambda: _told(worker.lines("consumer-closed")))
    scene.hit()
    if LONG:  # ended again and again, until RabbitMQ gives it up
        await scene.rest()
        await scene.limit_deliveries(2)
        await scene.emit(1, fate="250")
        await scene.until(scene.dead, within=120)
        assert await scene.rows("select error from messages.dead_letters") == [("delivery-limit",)]
        await worker.kill()
    await scene.verdict(dead=int(LONG))


async def _told(lines: object) -> bool:
    return bool(lines)
