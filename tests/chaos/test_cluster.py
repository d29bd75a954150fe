"""Three RabbitMQ nodes: the one that leads the queues dies under load."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from genjilib.local.rabbitmq import RabbitMQ
from tests.chaos.effects import QUEUE
from tests.chaos.scene import MESSAGES, Scene


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[list[RabbitMQ]]:
    """Three nodes that found each other."""
    first = RabbitMQ(tmp_path / "node0", durable=False)
    others = [RabbitMQ(tmp_path / f"node{n}", durable=False, number=n, first=first) for n in (1, 2)]
    await first.start()
    await asyncio.gather(*(node.start() for node in others))
    yield [first, *others]
    for node in (*others, first):
        await node.stop()


@pytest.fixture
async def row_vhost(cluster: list[RabbitMQ]) -> tuple[str, str]:
    """The cluster, by its first node."""
    return cluster[0].url(), cluster[0].management_url


async def look(node: RabbitMQ, path: str) -> dict[str, Any]:
    """What a node's management says."""
    url = f"{node.management_url}/api/{path}"
    async with aiohttp.ClientSession(raise_for_status=True) as http, http.get(url) as answer:
        return await answer.json()


@pytest.mark.row("35")
async def test_the_leaders_of_a_cluster_die_one_after_the_other(
    scene: Scene, cluster: list[RabbitMQ]
) -> None:
    worker = await scene.worker()
    await scene.emit(MESSAGES // 5)
    await scene.rest()
    names, other = [node.node for node in cluster], 0
    for _ in range(2):
        queue = await look(cluster[other], f"queues/%2F/{QUEUE}")
        assert sorted(queue["members"]) == sorted(names)
        victim = names.index(queue["leader"])
        other = (victim + 1) % len(cluster)
        load = asyncio.create_task(scene.emit(MESSAGES // 5, pause=0.02))
        await asyncio.sleep(0.2)
        cluster[victim].kill()
        scene.broker.retarget(cluster[other].url())
        scene.hit()
        await load
        await scene.recovered()
        await worker.stop()
        worker = await scene.worker()  # one that starts while the node is gone
        await scene.emit(MESSAGES // 5)
        await scene.direct_to(cluster[other].url())
        await scene.rest()
        await cluster[victim].start()
    await scene.verdict()
