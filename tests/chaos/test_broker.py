"""RabbitMQ restarts, dies, is in alarm or ends a slow consumer: messages wait and take effect once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from genjilib.broker.client import Broker
from genjilib.local.rabbitmq import RabbitMQ
from tests.chaos.scene import LONG, MESSAGES, STRIKES, Scene


@pytest.fixture(scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RabbitMQ]:
    """A node that these rows may hurt."""
    node = RabbitMQ(Path(tmp_path_factory.mktemp("node")), durable=False)
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
async def row_vhost(node: RabbitMQ, request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, str]]:
    """A virtual host of that node."""
    name = request.node.get_closest_marker("row").args[0]
    yield await node.create_vhost(name), node.management_url
    await node.delete_vhost(name)


@pytest.mark.row("10")
async def test_a_restart_and_a_death_of_rabbitmq_lose_nothing(scene: Scene, node: RabbitMQ) -> None:
    await scene.worker()
    for strike in range(STRIKES):
        await scene.emit(MESSAGES // STRIKES // 2, pause=1.5 / MESSAGES * 100)
        if strike % 2:
            node.kill()
        else:
            await node.ctl("stop_app")
        await scene.emit(MESSAGES // STRIKES // 2)
        await (node.start() if strike % 2 else node.ctl("start_app"))
        scene.hit()
        await scene.recovered()
    await scene.verdict()


@pytest.mark.row("18")
async def test_a_slow_consumer_keeps_its_connection_and_its_messages(scene: Scene) -> None:
    worker = await scene.worker("slow")
    slow = 120 if LONG else 11  # twice the heartbeat and more
    await scene.emit(4, fate=str(slow))
    await scene.emit(50, fate="0")
    await scene.verdict()
    assert worker.lines("broker-away") == worker.lines("consumer-closed") == []


@pytest.mark.row("19")
async def test_in_an_alarm_publishing_waits_and_consuming_goes_on(scene: Scene, node: RabbitMQ) -> None:
    worker = await scene.worker()
    alarms = [("set_vm_memory_high_watermark", "0.00001", "0.4"), ("set_disk_free_limit", "1000GB", "64MB")]
    for command, alarm, calm in alarms:
        await node.ctl(command, alarm)
        await scene.emit(MESSAGES // 2)
        await scene.until(lambda: worker.metric("genji_broker_blocked"), within=5)
        await node.ctl(command, calm)
        scene.hit()
        await scene.recovered()
    await scene.verdict()


@pytest.mark.row("32")
async def test_a_consumer_ended_for_slowness_does_its_work_once(scene: Scene, node: RabbitMQ) -> None:
    await node.ctl("eval", "application:set_env(rabbit, consumer_timeout, 3000).")
    await node.ctl("eval", "application:set_env(rabbit, channel_tick_interval, 1000).")
    worker = await scene.worker("slow")
    await scene.emit(2, fate="8")
    await scene.emit(50, fate="0")
    await scene.until(lambda: _told(worker.lines("consumer-closed")))
    scene.hit()
    await scene.verdict()
    await node.ctl("eval", "application:set_env(rabbit, consumer_timeout, 1800000).")


async def _told(lines: object) -> bool:
    return bool(lines)


@pytest.mark.row("29")
async def test_many_consumers_come_back_spread_over_seconds(scene: Scene, node: RabbitMQ) -> None:
    back: list[float] = []

    async def wait(broker: Broker) -> None:
        await broker.publishable.wait()
        back.append(time.monotonic())

    async with AsyncExitStack() as stack:
        named = [Broker(scene.amqp_url, name=f"many-{n}") for n in range(200 if LONG else 30)]
        brokers = [await stack.enter_async_context(broker) for broker in named]
        await asyncio.gather(*(broker.publishable.wait() for broker in brokers))
        await asyncio.sleep(1.5)  # RabbitMQ 3.10 forgets quorum queues that are younger when it is killed
        node.kill()
        for broker in brokers:
            await scene.until(lambda broker=broker: _is_away(broker))
        await node.start()
        scene.hit()
        await asyncio.gather(*map(wait, brokers))
    assert len(back) == len(brokers)
    assert max(back) - min(back) > 4
    await scene.worker()
    await scene.emit(MESSAGES // 2)
    await scene.recovered()
    await scene.verdict()


async def _is_away(broker: Broker) -> bool:
    return not broker.publishable.is_set()
