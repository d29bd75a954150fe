"""Speed of the raids' way from Bungie to the tables, and whether storing stays as cheap while tables grow.

Run ``python -m benchmarks.raids [reports [rows]]``; it starts PostgreSQL, with production's memory, and a
simulated Bungie of its own. A thousand reports are the fewest that tell something. Beside the rate by the
clock stand the milliseconds of processors a report, and what two idle cores would do with them: other work on
the machine hardly changes these.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import psutil
import psycopg
from pydantic import SecretStr

from benchmarks.tuned import tune
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.bungie.server import API_KEY, LocalBungie
from genjilib.local.bungie.world import World
from genjilib.local.postgres import DATABASE, Postgres
from genjilib.local.scratch import migrate
from genjilib.raids.bungie import Bungie
from genjilib.raids.store import BATCH, Report, store

AT_ONCE = 32
STORES = 2
TURN = STORES * BATCH
NAMES = ("client", "PostgreSQL", "simulated Bungie")
FILL = Path(__file__).with_name("raids_fill.sql")

Lap = tuple[float, ...]
"""Seconds: by the clock, and of processors, in the order of ``NAMES``."""


class Costs:
    """What the processors did, for each of the three who take part."""

    def __init__(self, postgres: int, simulated: int) -> None:
        """Watch two other processes beside this one."""
        self._postgres, self._simulated = psutil.Process(postgres), psutil.Process(simulated)
        self._before = self._seconds()

    def lap(self) -> Lap:
        """Return the seconds since the last lap."""
        before, self._before = self._before, self._seconds()
        return tuple(b - a for a, b in zip(before, self._before, strict=True))

    def _seconds(self) -> Lap:
        backends = sum(map(_cpu, [self._postgres, *self._postgres.children()]))
        return perf_counter(), process_time(), backends, _cpu(self._simulated)


def show(what: str, count: int, laps: Sequence[Lap]) -> float:
    """Print what ``count`` reports cost; return the client's and PostgreSQL's milliseconds a report."""
    taken, *each = (sum(part) * 1000 / count for part in zip(*laps, strict=True))
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in zip(NAMES, each, strict=True))
    bound = 1000 / max(sum(each) / 2, *each)
    print(f"{what:<28}{1000 / taken:7,.0f}/s   ms a report: {parts}; two idle cores: {bound:,.0f}/s")
    return each[0] + each[1]


async def main(count: int, rows: int) -> None:
    """Start a database and a simulated Bungie, and measure."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres, simulated = Postgres(Path(folder) / "pg"), LocalBungie(Path(folder) / "bungie", 2 * count)
        try:
            await asyncio.gather(postgres.start(), simulated.start())
            await tune(postgres)
            await migrate(postgres.url())
            assert postgres.pid  # both run
            assert simulated.pid
            costs = Costs(postgres.pid, simulated.pid)
            rest = await whole_way(costs, settings(postgres.url(), simulated.url), count)
            urls = postgres.url(), grow(postgres, rows)
            small, large = (settings(url, simulated.url) for url in urls)
            await side_by_side(costs, small, large, rest, rows)
        finally:
            await asyncio.gather(postgres.stop(), simulated.stop())


def settings(database_url: str, bungie_url: str) -> Settings:
    """Return the settings of a process that asks the simulated Bungie as often as it likes."""
    return Settings.model_construct(
        database_url=SecretStr(database_url),
        amqp_url=SecretStr(""),
        bungie_url=bungie_url,
        bungie_stats_url=bungie_url,
        bungie_api_keys=SecretStr(API_KEY),
        bungie_stats_rate=1e6,
    )


async def whole_way(costs: Costs, given: Settings, count: int) -> list[Report]:
    """Take half of the reports from Bungie to the tables; return the others."""
    world = World(instances=2 * count)
    wanted = [n for n in range(world.first_id, world.frontier) if world.kind(n) == "raid"][:count]
    async with Db.open(given, name="bench") as db, Bungie.open(given, db) as bungie:
        await crawl(db, bungie, wanted[: count // 10])
        whole = wanted[count // 10 : count // 2]
        costs.lap()
        await crawl(db, bungie, whole)
        show("fetch, process and store", len(whole), [costs.lap()])
        return [await fetch(bungie, instance_id) for instance_id in wanted[count // 2 :]]


async def side_by_side(
    costs: Costs, small: Settings, large: Settings, reports: Sequence[Report], rows: int
) -> None:
    """Store the same reports in small and in large tables, in turns, so that both have the same weather."""
    turns = [reports[n : n + TURN] for n in range(0, len(reports), TURN)]
    laps: tuple[list[Lap], list[Lap]] = ([], [])
    async with Db.open(small, name="bench") as first, Db.open(large, name="bench") as other:
        for number, turn in enumerate(turns):
            for which in (number % 2, 1 - number % 2):
                costs.lap()
                await stored((first, other)[which], turn)
                laps[which].append(costs.lap())
    count = len(reports) - len(turns[0])  # in the first turn connections open and plans are made
    before = show("store, small tables", count, laps[0][1:])
    after = show(f"store, {rows:,} rows", count, laps[1][1:])
    print(f"storing costs {after / before:.2f} times as much with {rows:,} rows of instance_player")


async def crawl(db: Db, bungie: Bungie, wanted: Sequence[int]) -> None:
    """Fetch and store, some of both at once, as the crawler does."""
    ids, found = iter(wanted), asyncio.Queue[Report | None](2 * BATCH)

    async def ask() -> None:
        for instance_id in ids:
            await found.put(await fetch(bungie, instance_id))

    async def keep() -> None:
        open_ = True
        while open_:
            batch: list[Report] = []
            while len(batch) < BATCH and (report := await found.get()) is not None:
                batch.append(report)
            open_ = len(batch) == BATCH
            await store(db, batch)

    async with asyncio.TaskGroup() as stores:
        for _ in range(STORES):
            stores.create_task(keep())
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        for _ in range(STORES):
            await found.put(None)


async def fetch(bungie: Bungie, instance_id: int) -> Report:
    """Ask for a report that is there."""
    report = (await bungie.report(instance_id)).report
    assert report is not None  # faults are off
    return report


async def stored(db: Db, reports: Sequence[Report]) -> None:
    """Store in batches, some at once."""
    batches = iter([reports[n : n + BATCH] for n in range(0, len(reports), BATCH)])

    async def work() -> None:
        for batch in batches:
            await store(db, batch)

    await asyncio.gather(*(work() for _ in range(STORES)))


def grow(postgres: Postgres, rows: int) -> str:
    """Copy the database, and fill the copy with instances of six, played by who is there and by many others.

    As filling leaves it, every page would be written once more by whoever reads it first, and the tables be
    vacuumed meanwhile. Return the copy's URL.
    """
    started, url = perf_counter(), postgres.url("large")
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database large template {DATABASE}".encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select set_config('bench.instances', %s, false)", [str(rows // 6)])
        connection.execute(FILL.read_bytes())
        connection.execute("vacuum (freeze, analyze)")
        connection.execute("checkpoint")
    print(f"filled in {perf_counter() - started:.0f} s")
    return url


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(*given, *(5000, 5_000_000)[len(given) :]))
