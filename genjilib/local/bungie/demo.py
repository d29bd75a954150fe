"""The raids' demo: crawl a simulated Bungie with faults and kills, and compare every table with the truth.

Run ``python -m genjilib.local.bungie.demo [ids]``.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import psycopg
from rich.console import Console
from rich.table import Table

from genjilib.local.bungie.reports import report
from genjilib.local.bungie.server import LocalBungie
from genjilib.local.bungie.world import RELEASES, Kind, World
from genjilib.local.processes import Process, StartFailure
from genjilib.local.scratch import migrate
from genjilib.local.stack import Stack, embedded
from genjilib.raids import pgcr
from genjilib.raids.types import Instance

Rows = list[tuple[Any, ...]]


class CheckFailed(Exception):
    """The tables are not what the world is."""


class Stage:
    """What the steps share: the world, its database, and how to tell people."""

    def __init__(self, world: World, stack: Stack, directory: Path, console: Console) -> None:
        self.world, self.console = world, console
        self.url = stack.environment()["DATABASE_URL"]
        self.bungie: LocalBungie = stack.services["bungie"]  # type: ignore[assignment]
        self.checks = 0
        self._directory = directory
        self._environment = {
            **os.environ,
            **stack.environment(),
            "TOKEN_SECRET": "only-for-this-demo-" + "x" * 32,
            "BUNGIE_RATE": "5000",
            "BUNGIE_STATS_RATE": "5000",
            "CRAWLER_START_ID": str(world.first_id),
            "CRAWLER_RETRY_SECONDS": "0.1",
        }

    async def start(self, runner: str) -> Process:
        """Start a runner; it works as soon as it can."""
        process = Process(
            f"runners/{runner}.py",
            [sys.executable, "-m", f"runners.{runner}"],
            log=self._directory / f"{runner}.log",
            environment=self._environment,
        )
        await process.start(_at_once, within=5)
        return process

    def rows(self, query: str) -> Rows:
        """Rows of the database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    async def until(self, claim: str, look: Callable[[], bool], *, within: float = 900) -> None:
        """Look until something is so; it counts as a check."""
        deadline = monotonic() + within
        while not look():
            if monotonic() > deadline:
                raise CheckFailed(f"{claim}: not within {within:.0f} s")
            await asyncio.sleep(0.5)
        self.check(claim, True)

    def check(self, claim: str, holds: bool, found: object = None) -> None:
        """Count a check; raise ``CheckFailed`` when it does not hold."""
        if not holds:
            raise CheckFailed(f"{claim}: found {found!r}")
        self.checks += 1
        self.console.print(f"   [green]✓[/green] {claim}")

    def position(self) -> int:
        """The id that a restarted crawler begins with."""
        found = self.rows("select next_id from crawl.position")
        return found[0][0] if found else 0

    def ids(self, kind: Kind) -> list[int]:
        """All ids of a kind."""
        world = self.world
        return [n for n in range(world.first_id, world.frontier) if world.kind(n) == kind]


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
    stage.check("after two kills nothing before the position is open", not _open(stage), _open(stage))
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
    """Let the worker do what follows, and hidden reports come to light."""
    stage.console.print("\n[bold]2. The worker asks about the people, and hidden reports are shown[/bold]")
    worker = await stage.start("worker")
    await stage.bungie.request("PUT", "/control", json={"unlocked": True})
    # The wait for what is hidden is a minute at least; here it is over now.
    hidden = "select count(*) from crawl.missed where state = 'blocked'"

    def shown() -> bool:
        with psycopg.connect(stage.url) as connection:
            connection.execute("update messages.outbox set run_at = now() where run_at > now() + '2 s'")
        return stage.rows(hidden) == [(0,)]

    await stage.until("every hidden report is stored", shown)
    waiting = "select count(*) from messages.outbox"
    await stage.until("every message is applied", lambda: stage.rows(waiting) == [(0,)])
    asked = "select count(*) from core.player where last_crawled is null and clears > 0"
    await stage.until("everybody who cleared a raid was asked about", lambda: stage.rows(asked) == [(0,)])
    missing = "select count(*) from extended.instance_character where class_hash is null"
    await stage.until("every class is known", lambda: stage.rows(missing) == [(0,)])
    dead = stage.rows("select queue, error, detail from messages.dead_letters")
    stage.check("no message died", not dead, dead)
    await worker.stop(within=25)


def compare(stage: Stage) -> None:
    """Compare every table with what happened in the world."""
    stage.console.print("\n[bold]3. Every table is what happened[/bold]")
    world = stage.world
    wanted = sorted([*stage.ids("raid"), *stage.ids("restricted")])
    truth = [_instance(world, n) for n in wanted]
    found = stage.rows(
        "select instance_id, hash, score, flawless, completed, fresh, player_count, date_completed, duration"
        " from core.instance order by 1"
    )
    names = ("instance_id", "hash", "score", "flawless", "completed", "fresh", "player_count")
    names += ("date_completed", "duration")
    expected = [tuple(getattr(one, name) for name in names) for one in truth]
    stage.check(f"{len(truth)} instances", found == expected)
    missed = stage.rows("select instance_id from crawl.missed order by 1")
    missed = [row for row in missed if row[0] < world.frontier]
    gone = [(n,) for n in sorted([*stage.ids("absent"), *stage.ids("malformed")])]
    stage.check(f"{len(gone)} ids wait with a state", missed == gone, len(missed))
    characters = [(i, p, c) for i in truth for p in i.players for c in p.characters]
    found = stage.rows(
        "select instance_id, character_id, completed, kills, deaths, assists, score, time_played_seconds"
        " from extended.instance_character order by 1, 2"
    )
    names = ("completed", "kills", "deaths", "assists", "score", "time_played_seconds")
    expected = sorted(
        (i.instance_id, c.character_id, *(getattr(c, name) for name in names)) for i, _, c in characters
    )
    stage.check(f"{len(expected)} characters", found == expected)
    weapons = sorted(
        (i.instance_id, c.character_id, w.weapon_hash, w.kills, w.precision_kills)
        for i, _, c in characters
        for w in c.weapons
    )
    found = stage.rows(
        "select instance_id, character_id, weapon_hash, kills, precision_kills"
        " from extended.instance_character_weapon order by 1, 2, 3"
    )
    stage.check(f"{len(weapons)} weapons", found == weapons)
    totals, seats = replay(truth)
    found = stage.rows(
        "select instance_id, membership_id, completed, time_played_seconds, sherpas, is_first_clear"
        " from core.instance_player order by 1, 2"
    )
    stage.check(f"{len(seats)} seats, with sherpas and first clears", found == seats)
    found = stage.rows(
        "select membership_id, clears, fresh_clears, sherpas, total_time_played_seconds from core.player"
        " where total_time_played_seconds > 0 or clears > 0 order by 1"
    )
    stage.check(f"{len(totals)} players' totals", found == totals)
    kept = stage.rows("select count(*) from raw.pgcr")
    stage.check("every report is kept", kept == [(len(truth),)], kept)


def replay(instances: Iterable[Instance]) -> tuple[Rows, Rows]:
    """Play everything again in the order of time: totals of the players, and seats."""
    raids = {hash: raid for raid, (_, hashes) in enumerate(RELEASES, 1) for hash in hashes}
    cleared: set[tuple[int, int]] = set()
    totals: dict[int, Counter[str]] = {}
    seats: Rows = []
    for one in sorted(instances, key=lambda one: (one.date_completed, one.instance_id)):
        raid = raids[one.hash]
        new = {p.membership_id for p in one.players if p.finished and (p.membership_id, raid) not in cleared}
        for player in one.players:
            member = player.membership_id
            sherpas = len(new) if player.finished and member not in new else 0
            total = totals.setdefault(member, Counter())
            total["clears"] += player.finished
            total["fresh"] += bool(player.finished and one.fresh)
            total["sherpas"] += sherpas
            total["time"] += player.time_played_seconds
            seat = (player.finished, player.time_played_seconds, sherpas, member in new)
            seats.append((one.instance_id, member, *seat))
        cleared |= {(member, raid) for member in new}
    rows = [(m, t["clears"], t["fresh"], t["sherpas"], t["time"]) for m, t in sorted(totals.items())]
    return [row for row in rows if row[1] or row[4]], sorted(seats)


def charts(stage: Stage) -> None:
    """Print who leads, and which weapons."""
    players = stage.rows(
        "select bungie_name, clears, fresh_clears, sherpas, total_time_played_seconds / 3600 from core.player"
        " where not is_private and cheat_level < 2 order by clears desc, membership_id limit 10"
    )
    _table(stage.console, "Most clears", players, "player", "clears", "fresh", "sherpas", "hours")
    weapons = stage.rows(
        "select weapon_hash, count(*), sum(kills), sum(precision_kills)"
        " from extended.instance_character_weapon group by 1 order by 3 desc limit 5"
    )
    _table(stage.console, "Weapons", weapons, "weapon", "used", "kills", "precise")
    raids = stage.rows(
        "select a.name, count(*), sum(i.player_count) from core.instance as i"
        " join definitions.activity_version as v using (hash)"
        " join definitions.activity_definition as a on a.id = v.activity_id"
        " group by a.id order by a.id"
    )
    _table(stage.console, "Population", raids, "raid", "instances", "players")


async def play(directory: Path, console: Console, count: int) -> None:
    """Run every step; the first that fails ends the demo."""
    world = World(instances=count)
    services = [*embedded(directory, ("postgres", "rabbitmq")), LocalBungie(directory / "bungie", count)]
    async with Stack(services, progress=lambda line: console.print(f"   {line}")) as stack:
        stage = Stage(world, stack, directory, console)
        await migrate(stage.url)
        await crawl(stage)
        await follow(stage)
        compare(stage)
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


async def _at_once() -> bool:
    return True


def _open(stage: Stage) -> set[int]:
    """Ids before the position that nothing is known about."""
    known = stage.rows("select instance_id from core.instance union all select instance_id from crawl.missed")
    done = {row[0] for row in known} | set(stage.ids("other"))
    return set(range(stage.world.first_id, stage.position())) - done


def _instance(world: World, instance_id: int) -> Instance:
    found = pgcr.process(msgspec.json.encode(report(world.played(instance_id))))
    assert isinstance(found, Instance)
    return found


def _table(console: Console, title: str, rows: Rows, *columns: str) -> None:
    table = Table(*columns, title=title, box=None, padding=(0, 2), header_style="dim", title_justify="left")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    console.print()
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
