"""Speed of the raids' way from Bungie to the tables, and whether storing stays as cheap while tables grow.

Run ``python -m benchmarks.raids [reports]``; it starts PostgreSQL and a simulated Bungie of its own.
"""

import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path
from time import perf_counter

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


async def main(count: int) -> None:
    """Start a database and measure."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres = Postgres(Path(folder))
        try:
            await postgres.start()
            await migrate(postgres.url())
            await measure(postgres.url(), count)
        finally:
            await postgres.stop()


async def measure(url: str, count: int) -> None:
    """Fetch, process and store reports; print the rates."""
    world = World(instances=2 * count)
    wanted = [n for n in range(world.first_id, world.frontier) if world.kind(n) == "raid"][:count]
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        simulated = LocalBungie(Path(folder), world.instances)
        await simulated.start()
        try:
            settings = Settings.model_construct(
                database_url=SecretStr(url),
                amqp_url=SecretStr(""),
                bungie_url=simulated.url,
                bungie_stats_url=simulated.url,
                bungie_api_keys=SecretStr(API_KEY),
                bungie_stats_rate=1e6,
            )
            async with Db.open(settings, name="bench") as db, Bungie.open(settings) as bungie:
                reports, fetching = await fetch(bungie, wanted)
                print(f"fetch and process {len(reports) / fetching:10,.0f}/s")
                storing = await stored(db, reports)
                print(f"store             {len(reports) / storing:10,.0f}/s, {STORES} at once")
                print(f"one after the other{len(reports) / (fetching + storing):9,.0f}/s")
        finally:
            await simulated.stop()


async def fetch(bungie: Bungie, wanted: list[int]) -> tuple[list[Report], float]:
    """Ask for all reports, some at once; return them and the seconds that took."""
    found: list[Report] = []
    ids = iter(wanted)

    async def work() -> None:
        for instance_id in ids:
            report = (await bungie.report(instance_id)).report
            assert report is not None  # faults are off
            found.append(report)

    started = perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return found, perf_counter() - started


async def stored(db: Db, reports: list[Report]) -> float:
    """Store in batches, some at once, and print the rate of each fifth; return the seconds."""
    batches = [reports[n : n + BATCH] for n in range(0, len(reports), BATCH)]
    fifth = max(1, len(batches) // 5)
    total = 0.0
    for start in range(0, len(batches), fifth):
        queue = iter(part := batches[start : start + fifth])

        async def work() -> None:
            for batch in queue:  # noqa: B023  # awaited below, before the next
                await store(db, batch)

        started = perf_counter()
        await asyncio.gather(*(work() for _ in range(STORES)))
        taken = perf_counter() - started
        total += taken
        print(f"  after {sum(map(len, batches[:start])):7,} stored {sum(map(len, part)) / taken:8,.0f}/s")
    return total


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
