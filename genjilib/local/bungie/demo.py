"""The raids' demo: crawl a simulated Bungie with faults and kills, and compare every table with the truth.

Run ``python -m genjilib.local.bungie.demo [ids]``.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic

import psycopg
from rich.console import Console

from genjilib.local.bungie.checks import analyse, charts, compare, gather, judge
from genjilib.local.bungie.server import LocalBungie
from genjilib.local.bungie.stage import CheckFailed, Stage
from genjilib.local.bungie.world import World
from genjilib.local.processes import StartFailure
from genjilib.local.scratch import migrate
from genjilib.local.stack import Stack, embedded


async def crawl(stage: Stage) -> None:
    """Crawl everything, with two kills and a maintenance on the way."""
    world = stage.world
    stage.console.print("\n[bold]1. The crawler walks, and is killed twice[/bold]")
    await stage.bungie.request("PUT", "/control", json={"faults": True})
    began = monotonic()
    for share in (0.2, 0.4):
        crawler, goal = await stage.start("crawler"), world.first_id + round(world.instances * share)
        await stage.until(f"it came to {goal}", lambda goal=goal: stage.position() >= goal)
        crawler.kill()
        await crawler.stop(within=1)
    stage.check("after two kills nothing before the position is open", not open_ids(stage), open_ids(stage))
    crawler = await stage.start("crawler")
    await stage.bungie.request("PUT", "/control", json={"maintenance": True})
    await asyncio.sleep(2)
    before = stage.position()
    await asyncio.sleep(2)
    stage.check("during maintenance nothing is given up", stage.position() == before, before)
    await stage.bungie.request("PUT", "/control", json={"maintenance": False})
    await stage.until("it reached the frontier", lambda: stage.position() >= world.frontier)
    crawler.kill()
    await crawler.stop(within=1)
    taken = monotonic() - began
    stage.console.print(f"   {world.instances} ids in {taken:.0f} s, {world.instances / taken:.0f} a second")


async def follow(stage: Stage) -> None:
    """Let the worker do what follows, and hidden reports come to light; kill it and ClickHouse on the way."""
    stage.console.print("\n[bold]2. The worker asks about the people, and hidden reports are shown[/bold]")
    worker = await stage.start("worker")
    begun = "select count(*) from messages.inbox where consumer = 'raid.pgcr.clickhouse'"
    await stage.until("worker and ClickHouse are killed at work", lambda: stage.rows(begun)[0][0] > 5)
    stage.clickhouse.kill()
    worker.kill()
    await worker.stop(within=1)
    worker = await stage.start("worker")
    await asyncio.sleep(2)
    await stage.clickhouse.start()
    await stage.bungie.request("PUT", "/control", json={"unlocked": True})
    # The wait for what is hidden is a minute at least; here it is over now.
    hidden = "select count(*) from crawl.missed where state = 'blocked'"

    def shown() -> bool:
        with psycopg.connect(stage.url) as connection:
            connection.execute("update messages.outbox set run_at = now() where run_at > now() + '2 s'")
        return stage.rows(hidden) == [(0,)]

    await stage.until("every hidden report is stored", shown)
    waiting = (
        "select (select count(*) from messages.outbox) + (select count(*) from messages.sent as s"
        " where not exists (select from messages.inbox as i where i.message_id = s.message_id))"
    )
    await stage.until("every message is applied", lambda: stage.rows(waiting) == [(0,)])
    asked = "select count(*) from core.player where last_crawled is null and clears > 0"
    await stage.until("everybody who cleared a raid was asked about", lambda: stage.rows(asked) == [(0,)])
    missing = "select count(*) from extended.instance_character where class_hash is null"
    await stage.until("every class is known", lambda: stage.rows(missing) == [(0,)])
    dead = stage.rows("select queue, error, detail from messages.dead_letters")
    stage.check("no message died", not dead, dead)
    await worker.stop(within=25)


def open_ids(stage: Stage) -> set[int]:
    """Ids before the position that nothing is known about."""
    known = stage.rows("select instance_id from core.instance union all select instance_id from crawl.missed")
    done = {row[0] for row in known} | set(stage.ids("other"))
    return set(range(stage.world.first_id, stage.position())) - done


async def play(directory: Path, console: Console, count: int) -> None:
    """Run every step; the first that fails ends the demo."""
    world = World(instances=count)
    servers = embedded(directory, ("postgres", "rabbitmq", "clickhouse"))
    services = [*servers, LocalBungie(directory / "bungie", count)]
    async with Stack(services, progress=lambda line: console.print(f"   {line}")) as stack:
        stage = Stage(world, stack, directory, console)
        await migrate(stage.url)
        await crawl(stage)
        await follow(stage)
        compare(stage)
        await judge(stage)
        await gather(stage)
        await analyse(stage)
        charts(stage)
    console.print(f"\n[green]{stage.checks} checks held[/green]")


def main() -> int:
    """Return 0 only if every check held."""
    console = Console(highlight=False, soft_wrap=True)
    directory = Path(tempfile.mkdtemp(prefix="genji-raids-"))
    try:
        asyncio.run(play(directory, console, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
    except (CheckFailed, StartFailure) as problem:
        console.print(f"\n[red]The demo failed:[/red] {problem}\nThe logs are in {directory}", markup=True)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
