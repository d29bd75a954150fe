"""The raids' demo: crawl a simulated Bungie with faults and kills, and compare every table with the truth.

Run ``python -m genjilib.local.bungie.demo [ids]``.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import psycopg
from rich.console import Console
from rich.table import Table

from genjilib.local import CHECKOUT
from genjilib.local.bungie.reports import report
from genjilib.local.bungie.server import LocalBungie
from genjilib.local.bungie.world import RELEASES, Kind, World
from genjilib.local.clickhouse import ClickHouse
from genjilib.local.processes import Process, StartFailure
from genjilib.local.scratch import migrate
from genjilib.local.stack import Stack, embedded
from genjilib.queries.raids import Subject, SubjectsPlayers
from genjilib.raids import cheat_tables, cheats, pgcr
from genjilib.raids.types import Instance, Player

Rows = list[tuple[Any, ...]]


class CheckFailed(Exception):
    """The tables are not what the world is."""


class Stage:
    """What the steps share: the world, its database, and how to tell people."""

    def __init__(self, world: World, stack: Stack, directory: Path, console: Console) -> None:
        self.world, self.console = world, console
        self.url = stack.environment()["DATABASE_URL"]
        self.bungie: LocalBungie = stack.services["bungie"]  # type: ignore[assignment]
        self.clickhouse: ClickHouse = stack.services["clickhouse"]  # type: ignore[assignment]
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

    async def command(self, *arguments: str) -> Any:
        """Run a command of the raids; return what it says as JSON."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, CHECKOUT / "cli.py", "raids", *arguments, "--json"),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, said = await child.communicate()
        if child.returncode:
            raise CheckFailed(f"raids {' '.join(arguments)}: {said.decode()}")
        return msgspec.json.decode(printed)

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


async def judge(stage: Stage) -> None:
    """Compare flags with those of the truth, and see what becomes of the cheaters."""
    stage.console.print("\n[bold]4. Who cheated[/bold]")
    world = stage.world
    wanted = sorted([*stage.ids("raid"), *stage.ids("restricted")])
    verdicts = [cheats.check(one) for one in _subjects(stage, [_instance(world, n) for n in wanted])]
    found = stage.rows(
        "select instance_id, cheat_check_bitmask, round(cheat_probability, 6)::float8"
        " from flagging.flag_instance order by 1"
    )
    flagged = [(one.instance_id, one.reasons, round(one.probability, 6)) for one in verdicts if one.flagged]
    stage.check(f"{len(flagged)} flags of instances", found == flagged)
    found = stage.rows(
        "select instance_id, membership_id, cheat_check_bitmask, round(cheat_probability, 6)::float8"
        " from flagging.flag_instance_player order by 1, 2"
    )
    people = [
        (one.instance_id, one.membership_id, one.reasons, round(one.probability, 6))
        for verdict in verdicts
        for one in sorted(verdict.players, key=lambda one: one.membership_id)
    ]
    stage.check(f"{len(people)} flags of players", found == people)
    cheated = {n for n in wanted if world.cheated(n) and not _excused(world, n)}
    caught = {one.instance_id for one in verdicts if one.probability >= 0.95}
    stage.check(f"all {len(cheated)} raids that were cheated in are caught", caught >= cheated)
    wrong = {one.instance_id for one in verdicts if one.flagged} - cheated
    findings = [tuple(one.told().partition(": ")[::2]) for one in verdicts if one.flagged]
    _table(stage.console, "What was found", findings[:8], "instance", "probability and reasons")
    honest = len(wanted) - len(cheated)
    stage.check(f"{len(wrong)} of {honest} others are flagged", len(wrong) * 100 < honest, len(wrong))
    outcome = await stage.command("cheat-levels", "--yes")
    stage.console.print(f"   cheat levels: {outcome}")
    listed = {row[0] for row in stage.rows("select instance_id from flagging.blacklist_instance")}
    stage.check("and blacklisted", listed >= cheated)
    flags = Counter(one.membership_id for verdict in verdicts for one in verdict.players)
    many = {one.membership_id for one in world.cheaters if flags[one.membership_id] >= 5}
    levels = dict(stage.rows("select membership_id, cheat_level from core.player where cheat_level >= 2"))
    cheaters = {one.membership_id for one in world.cheaters}
    stage.check("nobody honest has a cheat level above 1", levels.keys() <= cheaters, levels)
    stage.check(f"{len(many)} cheaters have level 4", all(levels[one] == 4 for one in many), levels)
    await stage.command("refresh-leaderboards", "--yes")
    boards = "select instance_id from leaderboard.team_activity_version_leaderboard"
    stage.check("no team that cheated leads", not {row[0] for row in stage.rows(boards)} & cheated)
    players = stage.rows("select membership_id from leaderboard.individual_global_leaderboard")
    stage.check("no cheater is ranked", not {row[0] for row in players} & many)


async def analyse(stage: Stage) -> None:
    """Compare ClickHouse with PostgreSQL and with the truth."""
    stage.console.print("\n[bold]5. What ClickHouse says[/bold]")
    differing = await stage.command("fill-clickhouse", "--dry-run")
    stage.check("PostgreSQL's instances, in every range of ids", differing["ranges"] == 0, differing)
    world = stage.world
    truth = [_instance(world, n) for n in [*stage.ids("raid"), *stage.ids("restricted")]]
    end = max(one.date_completed for one in truth)
    until = end.replace(minute=0, second=0) + timedelta(hours=1)
    days, since = 7, until - timedelta(days=7)
    asked = ("--days", str(days), "--until", f"{until:%FT%T}")
    hours: Counter[datetime] = Counter()
    uses: Counter[int] = Counter()
    kills: Counter[int] = Counter()
    for one in truth:
        hour = one.date_started.replace(minute=0, second=0)
        while hour <= one.date_completed:
            if since <= hour < until:
                hours[hour] += one.player_count
            hour += timedelta(hours=1)
        if since <= one.date_completed < until:
            for weapon in (w for p in one.players for c in p.characters for w in c.weapons):
                uses[weapon.weapon_hash] += 1
                kills[weapon.weapon_hash] += weapon.kills
    population = await stage.command("population", *asked)
    found: Counter[datetime] = Counter()
    for row in population:
        found[datetime.fromisoformat(row["hour"])] += row["player_count"]
    stage.check(f"the people of {len(hours)} hours", found == hours, (found, hours))
    weapons = await stage.command("weapons", *asked, "--n", "1000")
    seen = {row["weapon_hash"]: (row["usage_count"], row["kill_count"]) for row in weapons}
    stage.check(f"the kills with {len(uses)} weapons", seen == {one: (uses[one], kills[one]) for one in uses})
    most = max(hours.values())
    bars = [(f"{hour:%F %H:%M}", n, "█" * round(30 * n / most)) for hour, n in sorted(hours.items())[-24:]]
    _table(stage.console, "People by hour, the last day with raids", bars, "hour", "people", "")
    most = max(kills.values())
    best = [(w["weapon_hash"], w["usage_count"], w["kill_count"]) for w in weapons[:10]]
    bars = [(*row, "█" * round(30 * row[2] / most)) for row in best]
    _table(stage.console, "Weapons of the last week", bars, "weapon", "used", "kills", "")


def charts(stage: Stage) -> None:
    """Print who leads."""
    players = stage.rows(
        "select bungie_name, clears, fresh_clears, sherpas, total_time_played_seconds / 3600 from core.player"
        " where not is_private and cheat_level < 2 order by clears desc, membership_id limit 10"
    )
    _table(stage.console, "Most clears", players, "player", "clears", "fresh", "sherpas", "hours")
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
    servers = embedded(directory, ("postgres", "rabbitmq", "clickhouse"))
    services = [*servers, LocalBungie(directory / "bungie", count)]
    async with Stack(services, progress=lambda line: console.print(f"   {line}")) as stack:
        stage = Stage(world, stack, directory, console)
        await migrate(stage.url)
        await crawl(stage)
        await follow(stage)
        compare(stage)
        await judge(stage)
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


def _subjects(stage: Stage, instances: Sequence[Instance]) -> Iterable[Subject]:
    """Return what cheat checks are to look at, from the truth alone."""
    raids = {hash: raid for raid, (_, hashes) in enumerate(RELEASES, 1) for hash in hashes}
    versions = dict(stage.rows("select hash, version_id from definitions.activity_version"))
    first = {seat[:2] for seat in replay(instances)[1] if seat[5]}
    for one in instances:
        raid = raids[one.hash]
        days = (one.date_completed - RELEASES[raid - 1][0]) / timedelta(days=1)
        players = [_part(p, (one.instance_id, p.membership_id) in first) for p in one.players]
        yield Subject(
            instance_id=one.instance_id,
            activity_id=raid,
            version_id=versions[one.hash],
            completed=one.completed,
            fresh=one.fresh,
            flawless=one.flawless,
            player_count=one.player_count,
            duration=one.duration,
            date_started=one.date_started,
            date_completed=one.date_completed,
            days=days,
            players=sorted(players, key=lambda player: player.membership_id),
        )


def _part(player: Player, first_clear: bool) -> SubjectsPlayers:
    kills: Counter[int] = Counter()
    for weapon in (w for c in player.characters for w in c.weapons):
        kills[weapon.weapon_hash] += weapon.kills
    return SubjectsPlayers(
        membership_id=player.membership_id,
        finished=player.finished,
        first_clear=first_clear,
        seconds=player.time_played_seconds,
        longest=max(c.time_played_seconds for c in player.characters),
        kills=sum(c.kills for c in player.characters),
        super_kills=sum(c.super_kills for c in player.characters),
        grenade_kills=sum(c.grenade_kills for c in player.characters),
        melee_kills=sum(c.melee_kills for c in player.characters),
        heavy_kills=0,  # no manifest was read: nobody knows which weapons are heavy
        weapon_kills=sorted(kills.values(), reverse=True),
    )


def _excused(world: World, instance_id: int) -> bool:
    """Whether it was played while the game was broken."""
    one = _instance(world, instance_id)
    return any(one.date_started < w.end and one.date_completed > w.begin for w in cheat_tables.GLITCHED)


def _table(console: Console, title: str, rows: Rows, *columns: str) -> None:
    table = Table(*columns, title=title, box=None, padding=(0, 2), header_style="dim", title_justify="left")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    console.print()
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
