"""The crawler against the simulated Bungie: nothing is left out, and a kill loses nothing."""

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import psycopg
import pytest
from click.testing import Result as Outcome
from typer.testing import CliRunner

from cli import app
from genjilib.core.errors import Invalid
from genjilib.db import Db
from genjilib.local.bungie.server import API_KEY, Conditions, serving
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.world import World
from genjilib.local.processes import Process
from genjilib.raids import crawl
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie, Result
from genjilib.raids.crawl import Findings
from genjilib.raids.crawler import Crawler, Waits, find_next
from genjilib.raids.store import store
from tests.ops.conftest import OTHERS
from tests.raids.test_bungie import settings_for
from tests.raids.test_store import read, rows

QUICK = Waits(retry=0.002, disabled=0.05, error=0.001, limited=0.01, idle=0.02)
WORLD = World(people=50, instances=160, most_weapons=2)


@asynccontextmanager
async def crawling(
    db: Db, simulated: Simulated, told: Alerts | None = None, **options: Any
) -> AsyncGenerator[None]:
    """A crawler at work; it ends as abruptly as a task can."""
    async with (
        serving(simulated) as url,
        Bungie.open(settings := settings_for(url), db) as bungie,
        aiohttp.ClientSession() as http,
    ):
        alerts = told or Alerts(settings, http)
        crawler = Crawler(db, bungie, alerts, start_id=WORLD.first_id, **{"waits": QUICK, **options})
        task = asyncio.create_task(crawler.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not look():
            await asyncio.sleep(0.1)


def position(url: str) -> int:
    found = rows(url, "select next_id from crawl.position")
    return found[0][0] if found else 0


def ids(kind: str, below: int = WORLD.frontier, world: World = WORLD) -> list[int]:
    return [n for n in range(world.first_id, below) if world.kind(n) == kind]


def stored(url: str) -> list[int]:
    return [row[0] for row in rows(url, "select instance_id from core.instance order by 1")]


def missed(url: str, world: World = WORLD) -> dict[int, str]:
    query = "select instance_id, state::text from crawl.missed where instance_id < %d"
    return dict(cast("list[tuple[int, str]]", rows(url, query % world.frontier)))


async def test_everything_is_stored_or_waits_with_a_state(db: Db, database_url: str) -> None:
    async with crawling(db, Simulated(WORLD, Conditions(faults=True))):
        await until(lambda: position(database_url) >= WORLD.frontier)
    assert stored(database_url) == ids("raid")
    waiting = dict.fromkeys([*ids("absent"), *ids("malformed")], "missed")
    assert missed(database_url) == waiting | dict.fromkeys(ids("restricted"), "blocked")
    blocked = rows(database_url, "select body from messages.outbox where queue = 'raid.pgcr.blocked'")
    assert sorted(body["instance_id"] for (body,) in blocked) == ids("restricted")


async def test_a_killed_crawler_goes_on_at_the_same_id(db: Db, database_url: str, tmp_path: Path) -> None:
    """SIGKILL at random moments; ``KILLS`` sets how many (``make chaos-raids``)."""
    kills, dice = int(os.environ.get("KILLS", "1")), random.Random()  # any moment is one
    world = World(people=50, instances=60 * (kills + 1), most_weapons=2)
    for n in range(kills + 1):
        simulated, start = Simulated(world, Conditions(faults=True)), position(database_url) or world.first_id
        known, goal = missed(database_url, world), dice.randrange(5, 100)
        async with serving(simulated) as url:
            process = Process(
                "crawler",
                [sys.executable, "-m", "runners.crawler"],
                log=tmp_path / f"{n}.log",
                environment={**os.environ, **environment(url, database_url, world.first_id)},
            )

            async def at_work(simulated: Simulated = simulated, start: int = start) -> bool:
                return start in simulated.asked

            await process.start(at_work, within=60)
            await until(
                lambda simulated=simulated, goal=goal, last=n == kills: (
                    position(database_url) >= world.frontier if last else simulated.asked.total() >= goal
                )
            )
            process.kill()
        # Nothing before was asked for again but what was missed.
        assert {one for one in simulated.asked if one < start} <= known.keys()
        # Below the position nothing is open.
        reached = min(position(database_url), world.frontier)
        done = {*stored(database_url), *missed(database_url, world), *ids("other", reached, world)}
        assert done >= set(range(world.first_id, reached))
    assert stored(database_url) == ids("raid", world.frontier, world)


def environment(url: str, database_url: str, start_id: int) -> dict[str, str]:
    """What a crawler reads that asks this Bungie, without waiting long for anything."""
    return {
        "AMQP_URL": "amqp://127.0.0.1:1",
        "TOKEN_SECRET": "x" * 32,
        "DATABASE_URL": database_url,
        "BUNGIE_URL": url,
        "BUNGIE_STATS_URL": url,
        "BUNGIE_STATS_RATE": "5000",
        "BUNGIE_API_KEYS": API_KEY,
        "CRAWLER_START_ID": str(start_id),
        "CRAWLER_RETRY_SECONDS": "0.02",
    }


async def test_maintenance_is_waited_for(db: Db, database_url: str) -> None:
    simulated = Simulated(WORLD, Conditions(maintenance=True))
    async with crawling(db, simulated):
        await until(lambda: simulated.asked.total() == 0 and simulated.busiest > 30)
        assert rows(database_url, "select * from crawl.missed") == []
        simulated.conditions.maintenance = False
        await until(lambda: position(database_url) > WORLD.first_id + 40)
    assert set(stored(database_url)) >= set(ids("raid", position(database_url)))


async def test_missed_ids_are_tried_again_and_forgotten_when_found(db: Db, database_url: str) -> None:
    found = ids("raid")[0]
    await crawl.record(db, Findings(missed={found: (Result.NOT_FOUND, 0.0), 1: (Result.NOT_FOUND, 0.0)}))
    tries = "select attempts from crawl.missed where instance_id = 1"
    async with crawling(db, Simulated(WORLD)):
        await until(lambda: found in stored(database_url) and found not in missed(database_url))
        await until(lambda: rows(database_url, tries) == [(1,)])
    [(due,)] = rows(
        database_url, "select due_at > now() + interval '1 second' from crawl.missed where instance_id = 1"
    )
    assert due


async def test_an_id_is_lost_after_its_last_try(db: Db, database_url: str) -> None:
    await crawl.record(db, Findings(missed={1: (Result.NOT_FOUND, 0.0)}))
    with psycopg.connect(database_url) as connection:
        connection.execute("update crawl.missed set attempts = 15")
    async with crawling(db, Simulated(WORLD)):
        await until(lambda: missed(database_url).get(1) == "lost")
    assert await crawl.take_missed(db, 9) == {}


def test_waits_grow_until_an_id_is_lost() -> None:
    assert crawl.wait_after(0) == 15
    for attempt in range(1, 6):
        assert 2 * attempt**2 <= cast("float", crawl.wait_after(attempt)) <= 7 * attempt**2
    assert [crawl.wait_after(attempt) for attempt in (6, 15, 16)] == [900, 900, None]


async def test_a_hole_is_jumped_over_and_looked_through_later(db: Db, database_url: str) -> None:
    hole = (WORLD.first_id + 40, WORLD.first_id + 3_000)
    world = World(people=50, instances=20_000, most_weapons=2, hole=hole)
    await crawl.record(db, Findings(), next_id=hole[0])
    looked = "select from crawl.gaps where next_id > first_id"
    async with crawling(db, Simulated(world), length=60):
        await until(lambda: position(database_url) > hole[1] + 60)
        await until(lambda: rows(database_url, looked) != [])
    [(first, last)] = rows(database_url, "select first_id, last_id from crawl.gaps")
    assert hole[0] <= first <= hole[0] + 60
    assert hole[1] - 10 <= last < hole[1]
    beyond = position(database_url)
    assert set(stored(database_url)) >= {n for n in ids("raid", beyond, world) if n >= hole[1]}


async def test_the_first_id_that_is_there_is_found() -> None:
    for start in (1, 999, 1003, 40_000, 4_999_000):

        async def there(instance_id: int, start: int = start) -> bool:
            return instance_id + 4 >= start

        found = await find_next(there, 0, 5_000_000)
        assert found is not None
        assert start - 10 <= found <= start

    async def nothing(instance_id: int) -> bool:
        return False

    assert await find_next(nothing, 0, 5_000_000) is None


async def test_without_a_place_to_start_it_says_so(db: Db, database_url: str) -> None:
    with pytest.raises(Invalid, match="CRAWLER_START_ID"):
        await crawl.begin(db, None)
    assert await crawl.begin(db, 500) == 500
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into core.instance (instance_id, hash, completed, player_count, date_started,"
            " date_completed, duration, platform_type) select i, 3881495763, true, 1, now(), now(), 1, 3"
            " from unnest(array[70000, 200000000000]) as i"
        )
    assert await crawl.begin(db, 500) == 60_000
    await crawl.record(db, Findings(), next_id=123)
    assert await crawl.begin(db, 500) == 123


def test_a_range_is_asked_for_by_hand(database_url: str) -> None:
    def look_through(last: str) -> Outcome:
        given = {**OTHERS, "DATABASE_URL": database_url}
        return CliRunner().invoke(app, ["raids", "look-through", "50", last, "--yes", "--json"], env=given)

    assert json.loads(look_through("59").stdout) == {"ids": 10}
    assert rows(database_url, "select first_id, last_id, next_id from crawl.gaps") == [(50, 59, 50)]
    for last in ("49", "1000051"):
        refused = look_through(last)
        assert (refused.exit_code, "a million" in refused.stderr) == (2, True)


async def test_ranges_are_looked_through_piece_by_piece_and_then_forgotten(db: Db, database_url: str) -> None:
    await crawl.jump(db, 10, 100)
    await crawl.record_range(db, Findings(), first_id=10, next_id=60)
    assert rows(database_url, "select first_id, last_id, next_id from crawl.gaps") == [(10, 99, 60)]
    await crawl.record_range(db, Findings(), first_id=10, next_id=100)
    assert rows(database_url, "select * from crawl.gaps") == []
    assert position(database_url) == 100


async def test_what_is_stored_is_not_asked_for_again_in_a_range(db: Db, database_url: str) -> None:
    simulated, (known, other, *_) = Simulated(WORLD), ids("raid")
    await store(db, [read(WORLD.played(known))])
    await crawl.record(db, Findings(), next_id=WORLD.frontier)
    await crawl.look_through(db, known, other)
    async with crawling(db, simulated):
        await until(lambda: rows(database_url, "select * from crawl.gaps") == [])
    assert stored(database_url) == [known, other]
    assert (simulated.asked[known], simulated.asked[other]) == (0, 1)
