"""The worker dies, hangs, doubts or is fed nonsense: each message still takes effect once."""

import pytest

from tests.chaos.scene import MESSAGES, STRIKES, Scene

WRITES = "messages.mark_applied"
"""A statement of the transactions that apply messages."""


@pytest.mark.row("1")
async def test_a_worker_killed_before_its_commit_applies_nothing_twice(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.database.strike("client", "COMMIT", within=WRITES)
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        await worker.kill()
        scene.hit()
        strike.cut()
        worker = await scene.worker()
        await scene.recovered()
    await scene.verdict()


@pytest.mark.row("2")
async def test_a_worker_killed_before_its_ack_applies_nothing_twice(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("client", "basic.ack", nth=3)
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        await worker.kill()
        scene.hit()
        strike.cut()
        worker = await scene.worker()
        await scene.recovered()
    await scene.rest()
    assert await worker.metric("genji_messages_duplicate_total") > 0
    await scene.verdict()


@pytest.mark.row("3")
async def test_a_commit_in_doubt_is_neither_acknowledged_nor_given_up(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.database.strike("server", "COMMIT", within=WRITES)
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        scene.hit()
        strike.cut()
        await scene.recovered()
    assert await worker.metric("genji_messages_duplicate_total") > 0
    await scene.verdict()
