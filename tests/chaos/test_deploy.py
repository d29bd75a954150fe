"""Deploys: a bad one, and rolling restarts under load."""

import asyncio
import signal

import pytest

from tests.chaos.scene import LONG, MESSAGES, Scene


@pytest.mark.row("27")
async def test_a_bad_deploy_stops_at_the_breaker_and_the_next_one_does_the_rest(scene: Scene) -> None:
    worker = await scene.worker("bad", RETRY_SECONDS="[]")
    await scene.emit(MESSAGES)
    await scene.until(lambda: worker.metric("genji_breaker_open"))
    await asyncio.sleep(2)
    dead = len(await scene.dead())
    assert 100 <= dead <= 200
    await worker.stop()
    scene.hit()
    await scene.worker()
    await scene.recovered()
    await scene.verdict(dead=dead)


@pytest.mark.row("28")
async def test_rolling_restarts_under_load_finish_what_is_in_hand(scene: Scene) -> None:
    restarts = 50 if LONG else 6
    share = MESSAGES // restarts // 2
    worker = await scene.worker()
    for _ in range(restarts):
        load = asyncio.create_task(scene.emit(share, pause=0.02))
        successor = await scene.worker()
        scene.hit()
        worker.send(signal.SIGTERM)
        await scene.emit(share)
        assert await worker.ended(within=20) == 0
        worker = successor
        await scene.recovered()
        await load
    await scene.verdict()
