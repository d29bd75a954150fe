"""Repairs by hand: they find what storing would have written, and change nothing that is right."""

from collections.abc import AsyncIterator

import pytest

from genjilib.core.errors import NotFound, Unavailable
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.server import serving
from genjilib.local.bungie.world import World
from genjilib.raids import repair
from genjilib.raids.bungie import Bungie
from genjilib.raids.repair import Mended
from genjilib.raids.store import store
from tests.raids.test_bungie import settings_for
from tests.raids.test_crawler import WORLD, ids, stored
from tests.raids.test_pgcr import LATER
from tests.raids.test_store import contents, read, rows
from tests.raids.test_worker import change


def count(_: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
async def simulated() -> Simulated:
    return Simulated(WORLD)


@pytest.fixture
async def bungie(db: Db, simulated: Simulated) -> AsyncIterator[Bungie]:
    async with serving(simulated) as url, Bungie.open(settings_for(url), db) as client:
        yield client


async def test_totals_are_mended_to_what_storing_writes(db: Db, database_url: str) -> None:
    world = World(people=20, instances=150, most_weapons=1)
    await store(db, [read(world.played(n)) for n in ids("raid", world.frontier, world)])
    right = contents(database_url)
    assert await repair.mend_totals(db) == Mended(0, 0, 0)
    assert contents(database_url) == right
    change(database_url, "update core.instance_player set is_first_clear = not is_first_clear, sherpas = 7")
    change(database_url, "update core.player_stats set clears = 99, fastest_instance_id = null")
    change(database_url, "delete from core.player_stats where activity_id = 4")
    change(database_url, "update core.player set sherpas = -1, sum_of_best = 5")
    mended = await repair.mend_totals(db)
    assert mended.first_clears == len(right["core.instance_player"])
    assert mended.stats == len(right["core.player_stats"])
    assert mended.players == len(right["core.player"])
    assert contents(database_url) == right


async def test_one_report_is_fetched_and_stored(
    db: Db, database_url: str, bungie: Bungie, simulated: Simulated
) -> None:
    raid = ids("raid")[0]
    assert await repair.fetch(db, bungie, raid) is True
    assert await repair.fetch(db, bungie, raid) is False
    assert stored(database_url) == [raid]
    for kind in ("other", "absent", "malformed"):
        with pytest.raises(NotFound):
            await repair.fetch(db, bungie, ids(kind)[0])
    simulated.conditions.maintenance = True
    with pytest.raises(Unavailable, match="system disabled"):
        await repair.fetch(db, bungie, raid)


async def test_skulls_come_from_the_kept_reports(db: Db, database_url: str) -> None:
    def perpetual(instance_id: int, skulls: list[int]) -> Played:
        return Played(instance_id, LATER, [Entry(7, 70)], hash=repair.PERPETUAL, skulls=skulls)

    await store(db, [read(perpetual(n, [5, 6])) for n in (1, 2, 3)] + [read(perpetual(4, []))])
    change(database_url, "update core.instance set skull_hashes = '{}' where instance_id <> 2")
    assert await repair.fill_skulls(db, below=3, advance=count) == 1
    skulls = rows(database_url, "select skull_hashes from core.instance order by instance_id")
    assert skulls == [([5, 6],), ([5, 6],), ([],), ([],)]


async def test_contests_that_bungie_hides_are_flagged_and_blacklisted(
    db: Db, database_url: str, bungie: Bungie
) -> None:
    hidden, shown = ids("restricted")[0], ids("raid")[0]
    contest = repair.PERPETUAL_CONTEST
    await store(db, [read(Played(n, LATER, [Entry(7, 70)], hash=contest)) for n in (hidden, shown)])
    assert await repair.flag_restricted(db, bungie, advance=count) == 1
    assert await repair.flag_restricted(db, bungie, advance=count) == 0
    columns = "instance_id, cheat_check_bitmask, cheat_probability"
    flags = rows(database_url, f"select {columns} from flagging.flag_instance")
    assert flags == [(hidden, 2**46 + 2**15, 1)]
    blacklist = rows(database_url, "select instance_id, report_source::text from flagging.blacklist_instance")
    assert blacklist == [(hidden, "Manual")]


async def test_what_is_hidden_only_now_is_not_taken_for_a_report(db: Db, bungie: Bungie) -> None:
    with pytest.raises(Unavailable, match="insufficient"):
        await repair.fetch(db, bungie, ids("restricted")[0])
