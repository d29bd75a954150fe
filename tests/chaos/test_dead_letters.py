"""Dead letters through upgrades, interrupted replays and many looks."""

import asyncio

import pytest

from genjilib.broker import dlq
from genjilib.broker.dlq import Filter
from genjilib.db import Db
from tests.broker.world import settings
from tests.chaos.scene import MESSAGES, Scene

REPLAY = "dlq", "replay", "--all", "--yes"


async def bury(scene: Scene, count: int) -> None:
    """Have a worker give messages up, because they come from a newer release."""
    worker = await scene.worker()
    await scene.emit(count, version=2)
    buried = "select count(*) = %s from messages.dead_letters"
    await scene.until(lambda: scene.ask(buried, count), within=30 + count / 20)  # one by one
    await worker.stop()


@pytest.mark.row("23")
async def test_messages_of_another_release_wait_for_the_worker_that_knows_them(scene: Scene) -> None:
    worker = await scene.worker()
    share = MESSAGES // 8
    await scene.emit(share)
    await scene.emit(share, version=2)
    for table in ("outbox", "sent", "inbox", "dead_letters"):  # an expand migration meets the old code
        await scene.do(f"alter table messages.{table} add column next_release text default 'new'")
    await scene.emit(share)
    await scene.rest()
    unknown = "select count(*) from messages.dead_letters where state = 'dead' and error = 'unknown-version'"
    assert await scene.ask(unknown) == share
    for deploy, version in (("next", 1), ("good", 2)):
        await worker.stop()
        worker = await scene.worker(deploy)
        scene.hit()
        replay = await scene.command(*REPLAY)
        assert await replay.ended() == 0, replay.words()
        await scene.recovered()
        await scene.emit(share, version=version)  # what a producer of the other release still sends
        await scene.rest()
        assert await scene.ask(unknown) == share
    await worker.stop()
    await scene.worker("next")
    replay = await scene.command(*REPLAY)
    assert await replay.ended() == 0, replay.words()
    await scene.verdict()


@pytest.mark.row("26")
async def test_a_replay_killed_half_way_is_finished_by_two_at_once(scene: Scene) -> None:
    count = MESSAGES // 2
    await bury(scene, count)
    await scene.worker("next")
    await scene.broker.shut()
    first = await scene.command(*REPLAY, "--rate", f"{count // 2}/s")
    states = "select count(*) > 0 from messages.dead_letters where state = %s"
    await scene.until(lambda: scene.ask(states, "replayed"))
    await first.kill()
    assert await scene.ask(states, "dead")
    both = [await scene.command(*REPLAY) for _ in range(2)]
    assert [await one.ended() for one in both] == [0, 0], scene.words()
    scene.hit()
    await scene.broker.open()
    await scene.recovered()
    await scene.verdict()
    assert await scene.rows("select state::text, count(*) from messages.dead_letters group by 1") == [
        ("replayed", count)
    ]
    assert await scene.ask("select sum(n) from messages.dead_letter_actions") == count
    # Of the two at once, one may find that nothing is left to do.
    assert await scene.ask("select count(*) from messages.dead_letter_actions") in (2, 3)


@pytest.mark.row("33")
async def test_a_thousand_looks_change_no_dead_letter(scene: Scene) -> None:
    await bury(scene, 20)
    listing = "select d::text from messages.dead_letters as d order by id"
    before = await scene.rows(listing)
    async with Db.open(settings(scene.database_url, scene.amqp_url), name="tests") as db:
        (first,) = await dlq.find(db, Filter(), limit=1)

        async def look() -> None:
            await asyncio.gather(dlq.find(db, Filter()), dlq.count(db, Filter()), dlq.show(db, first.id))

        for _ in range(20):
            await asyncio.gather(*(look() for _ in range(50)))
    listed = await scene.command("dlq", "list", "--json")
    assert await listed.ended() == 0, scene.words()
    assert await scene.rows(listing) == before
    await scene.verdict(dead=20)
