"""The network between a worker and its servers is cut, silent or slow."""

import asyncio
import time

import pytest

from tests.chaos.scene import LONG, MESSAGES, Scene
from tests.nursery import Runner

HEARTBEAT = 25 if LONG else 2
"""Seconds; the shortest that the setting takes, or its default."""


@pytest.mark.row("12")
async def test_a_silent_network_is_noticed_by_its_heartbeat(scene: Scene) -> None:
    worker = await scene.worker(AMQP_HEARTBEAT_SECONDS=str(HEARTBEAT))
    load = asyncio.create_task(scene.emit(MESSAGES, pause=50 / MESSAGES))
    await scene.until(lambda: scene.ask("select count(*) > 100 from chaos.effects"))
    scene.broker.silent = True
    began = time.monotonic()
    await scene.until(lambda: _is_away(worker), within=2 * HEARTBEAT + (11 if LONG else 60))
    print(f"noticed after {time.monotonic() - began:.1f} s")
    scene.broker.silent = False
    scene.hit()
    await load
    await scene.recovered()
    await scene.verdict()


async def _is_away(worker: Runner) -> bool:
    return await worker.metric("genji_broker_connected") == 0


@pytest.mark.row("13")
async def test_resets_and_a_slow_line_lose_and_double_nothing(scene: Scene) -> None:
    await scene.worker()
    before = await _rate(scene)
    storms = 50 if LONG else 4
    load = asyncio.create_task(scene.emit(MESSAGES // 8, pause=storms * 10 / MESSAGES))
    for _ in range(storms):
        await asyncio.sleep(0.2)
        scene.broker.cut()
        scene.database.cut()
    scene.hit()
    await load
    await scene.emit(MESSAGES // 8)
    await scene.recovered()
    scene.broker.delay, scene.database.delay = 0.1, 0.01
    scene.broker.rate = 125_000
    await scene.emit(MESSAGES // 4)
    await scene.rest()
    scene.broker.delay = scene.database.delay = scene.broker.rate = 0
    after = await _rate(scene)
    print(f"{before:.0f} messages a second before, {after:.0f} after")
    if LONG:  # a few hundred messages, on a machine that does other things too, take now so long and now so
        assert after >= 0.9 * before
    await scene.verdict()


async def _rate(scene: Scene) -> float:
    """Messages a second from the first commit to the last effect."""
    began = time.monotonic()
    await scene.emit(MESSAGES // 4)
    await scene.rest()
    return MESSAGES // 4 / (time.monotonic() - began)
