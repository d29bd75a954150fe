"""Dead letters through upgrades, interrupted replays and many looks."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from genjilib.broker import dlq
from genjilib.broker.dlq import Filter
from genjilib.db import Db
from genjilib.local import CHECKOUT
from tests.broker.world import settings
from tests.chaos.scene import LONG, MESSAGES, Scene
from tests.infra.upgrade import newer
from tests.nursery import Nursery

REPLAY = "dlq", "replay", "--all", "--yes"


async def bury(scene: Scene, count: int) -> None:
    """Have a worker give messages up, because they come from a newer release."""
    worker = await scene.worker()
    await scene.emit(count, version=2)
    buried = "select count(*) = %s from messages.dead_letters"
    await scene.until(lambda: scene.ask(buried, count), within=30 + count / 20)  # one by one
    await worker.stop()


TABLES = "outbox", "sent", "inbox", "dead_letters"

WIDER = "".join(
    f"alter table messages.{table} add column release text default 'newer';\n" for table in TABLES
)
BACK = "".join(f"alter table messages.{table} drop column release;\n" for table in TABLES)

CHANGES = (
    ('fate: str = ""\n', 'fate: str = ""\n    colour: str\n    version: ClassVar[int] = 2\n'),
    ("Effect(n=n)", 'Effect(n=n, colour="red")'),
)
"""What the next release has changed in the tests' event: a body of before lacks what it needs."""


@pytest.fixture
async def release(tmp_path: Path) -> AsyncIterator[Nursery]:
    """The next release, a tree of its own: it sends another version, and is two migrations ahead."""
    tree = newer(tmp_path / "release")
    migration = f"-- migrate:up\n{WIDER}-- migrate:down\n{BACK}"
    (tree / "sql/migrations/99991231235958_expand_messages.sql").write_text(migration)
    for name in ("tests/__init__.py", "tests/forks.py", "tests/chaos/__init__.py", "tests/chaos/effects.py"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tree / name)
    effects = tree / "tests/chaos/effects.py"
    for old, new in CHANGES:
        assert old in effects.read_text()
        effects.write_text(effects.read_text().replace(old, new))
    folder = tmp_path / "runners"
    folder.mkdir()
    nursery = Nursery(folder, checkout=tree)
    await nursery.open()
    yield nursery
    await nursery.close()


@pytest.mark.row("23")
async def test_messages_of_another_release_wait_for_the_worker_that_knows_them(
    scene: Scene, release: Nursery
) -> None:
    share = MESSAGES // (8 if LONG else 20)  # each that dies is looked at alone
    versions = "select version from messages.dead_letters where state = 'dead' and error = 'unknown-version'"

    async def waiting() -> Counter[int]:
        return Counter(version for (version,) in await scene.rows(versions))

    async def together() -> None:
        """Have both releases send while both are at work, until each met what it does not know."""
        before = await waiting()
        while len(await waiting() - before) < 2:
            await asyncio.gather(scene.produce(share), scene.produce(share, nursery=release))
            await scene.rest()

    async def finish(nursery: Nursery | None) -> None:
        scene.hit()
        replay = await scene.command("dlq", "replay", "--all", "--yes", nursery=nursery)
        assert await replay.ended() == 0, replay.words()
        await scene.recovered()
        await scene.rest()

    old = await scene.worker()
    await scene.produce(share)
    straight = {"DATABASE_URL": scene.database_url}
    migrated = await scene.command("migrate", "up", nursery=release, **straight)
    await scene.produce(share)  # the code of before, while its tables change and afterwards
    assert await migrated.ended() == 0, migrated.words()
    await scene.rest()
    assert await scene.ask("select count(release) > 0 from messages.inbox")

    new = await scene.worker(nursery=release)
    await together()
    await old.stop()
    await finish(release)
    assert set(await waiting()) == {1}  # the new release knows what it sends, not what was sent before

    old = await scene.worker()  # back again
    await together()
    await new.stop()
    await finish(None)
    assert set(await waiting()) == {2}

    await scene.worker(nursery=release)
    await old.stop()
    await finish(release)
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
