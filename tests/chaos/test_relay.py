"""The relay dies or meets others: what was committed is published, and applied once."""

import pytest

from tests.chaos.scene import MESSAGES, STRIKES, Scene


@pytest.mark.row("6")
async def test_what_a_dead_publisher_committed_is_sent_by_another(scene: Scene) -> None:
    relay = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("client", "basic.publish")
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        await relay.kill()
        scene.hit()
        strike.cut()
        relay = await scene.worker()
        await scene.recovered(within=5)
    await scene.verdict()


@pytest.mark.row("7")
async def test_what_a_relay_published_without_marking_it_is_dropped_by_the_inbox(scene: Scene) -> None:
    relay = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("server", "basic.ack")
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        await relay.kill()
        scene.hit()
        strike.cut()
        relay = await scene.worker()
        await scene.recovered()
    await scene.verdict()
    assert scene.broker.counts["client", "basic.publish"] > MESSAGES
