"""Speed of the raids' way from Bungie to the tables, and whether storing stays as cheap while tables grow.

Run ``python -m benchmarks.raids [reports [rows]]``; it starts PostgreSQL and a simulated Bungie of its own.
Beside the rate by the clock stand the milliseconds of processors a report, and what two idle cores would do
with them: other work on the machine hardly changes these.
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

from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.bungie.server import API_KEY, LocalBungie
from genjilib.local.bungie.world import World
from genjilib.local.postgres import Postgres
from genjilib.local.scratch import migrate
from genjilib.raids.bungie import Bungie
from genjilib.raids.store import BATCH, Report, store

AT_ONCE = 32
STORES = 2
FILL = Path(__file__).with_name("raids_fill.sql")


class Costs:
    """Seconds that the processors worked, for each of the three who take part."""

    def __init__(self, postgres: int, simulated: int) -> None:
        """Watch two other processes beside this one."""
        self._postgres, self._simulated = psutil.Process(postgres), psutil.Process(simulated)
        self._before: tuple[float, ...] = ()
        self.start()

    def start(self) -> None:
        """Count from now on."""
        self._started, self._before = perf_counter(), self._seconds()

    def show(self, what: str, count: int) -> float:
        """Print what ``count`` reports cost; return the client's and PostgreSQL's milliseconds a report."""
        taken = perf_counter() - self._started
        each = [1000 * (b - a) / count for a, b in zip(self._before, self._seconds(), strict=True)]
        names = ("client", "PostgreSQL", "simulated Bungie")
        parts = ", ".join(f"{name} {ms:.2f}" for name, ms in zip(names, each, strict=True))
        bound = 1000 / max(sum(each) / 2, *each)
        print(f"{what:<28}{count / taken:7,.0f}/s   ms a report: {parts}; two idle cores: {bound:,.0f}/s")
        return each[0] + each[1]

    def _seconds(self) -> tuple[float, float, float]:
        backends = sum(map(_cpu, [self._postgres, *self._postgres.children()]))
        return process_time(), backends, _cpu(self._simulated)


async def main(count: int, rows: int) -> None:
    """Start a database and a simulated Bungie, and measure."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres, simulated = Postgres(Path(folder) / "pg"), LocalBungie(Path(folder) / "bungie", 2 * count)
        try:
            await asyncio.gather(postgres.start(), simulated.start())
            await migrate(postgres.url())
            assert postgres.pid  # both run
            assert simulated.pid
            settings = Settings.model_construct(
                database_url=SecretStr(postgres.url()),
                amqp_url=SecretStr(""),
                bungie_url=simulated.url,
                bungie_stats_url=simulated.url,
                bungie_api_keys=SecretStr(API_KEY),
                bungie_stats_rate=1e6,
            )
            async with Db.open(settings, name="bench") as db, Bungie.open(settings, db) as bungie:
                await measure(db, bungie, Costs(postgres.pid, simulated.pid), postgres.url(), count, rows)
        finally:
            await asyncio.gather(postgres.stop(), simulated.stop())


async def measure(db: Db, bungie: Bungie, costs: Costs, url: str, count: int, rows: int) -> None:
    """Take reports from Bungie to the tables; then store others before and after the tables have grown."""
    world = World(instances=2 * count)
    wanted = [n for n in range(world.first_id, world.frontier) if world.kind(n) == "raid"][:count]
    warm, whole, rest = wanted[: count // 10], wanted[count // 10 : count // 2], wanted[count // 2 :]
    await crawl(db, bungie, warm)
    costs.start()
    await crawl(db, bungie, whole)
    costs.show("fetch, process and store", len(whole))

    reports = [await fetch(bungie, instance_id) for instance_id in rest]
    half = len(reports) // 2
    costs.start()
    await stored(db, reports[:half])
    before = costs.show("store, small tables", half)
    fill(url, rows)
    costs.start()
    await stored(db, reports[half:])
    after = costs.show(f"store, {rows:,} rows", len(reports) - half)
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


def fill(url: str, rows: int) -> None:
    """Fill the tables with instances of six, played by those who are there and by many others."""
    started = perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select set_config('bench.instances', %s, false)", [str(rows // 6)])
        connection.execute(FILL.read_bytes())
    print(f"filled in {perf_counter() - started:.0f} s")


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
