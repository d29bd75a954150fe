"""``genji raids``: what a person does by hand to the raids' data, and what cron does."""

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, progress, run, show, show_one

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from genjilib.db import Db
    from genjilib.raids.bungie import Bungie
    from genjilib.raids.clickhouse import ClickHouse

app = typer.Typer(name="raids", help="Crawl, repair and flag the raids' data.", no_args_is_help=True)

Days = Annotated[int, typer.Option(min=1, max=400, help="So many days.")]
Until = Annotated[datetime | None, typer.Option(help="Their end, UTC; now when it is left out.")]
Instance = Annotated[int, typer.Argument(min=1, help="Id of the instance.")]


@app.command("activity-history-update")
def activity_history_update(
    n: Annotated[int, typer.Option(min=1, max=100_000, help="So many players.")] = 2500,
    among: Annotated[int, typer.Option(min=1, help="By chance of those with most clears.")] = 200_000,
    weeks: Annotated[int, typer.Option(min=0, help="Not read for so many weeks.")] = 25,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Have histories of players read for instances that are not stored (Pan)."""
    done = confirm(n, "histories to read", yes=yes, dry_run=dry_run, harmless=True)
    show_one({"wanted": run(_histories(n, among, weeks)) if done else 0}, json=json)


@app.command()
def population(days: Days = 1, until: Until = None, json: Json = False) -> None:
    """Print how many people were in each activity, hour by hour (ClickHouse)."""
    rows = run(_analyse("population", days, until))
    show(rows, ("hour", "activity", "player_count"), json=json)


@app.command()
def weapons(
    days: Days = 7,
    until: Until = None,
    n: Annotated[int, typer.Option(min=1, max=1000, help="So many weapons.")] = 20,
    json: Json = False,
) -> None:
    """Print the weapons with most kills (ClickHouse)."""
    rows = run(_analyse("weapons", days, until, n=n))
    columns = ("weapon_hash", "name", "slot", "usage_count", "kill_count", "precision_kill_count")
    show(rows, columns, json=json)


@app.command("clear-times")
def clear_times(days: Days = 30, until: Until = None, json: Json = False) -> None:
    """Print how long whole raids took, day by day, in seconds (ClickHouse)."""
    rows = run(_analyse("clear_times", days, until))
    columns = (
        "bungie_day",
        "activity",
        "version",
        "clears",
        "fastest_5",
        "fastest_10",
        "middle",
        "slowest_10",
    )
    show(rows, columns, json=json)


@app.command()
def relations(
    member: Annotated[int, typer.Argument(min=1, help="Membership id of the player.")],
    n: Annotated[int, typer.Option(min=1, max=1000, help="So many others.")] = 20,
    json: Json = False,
) -> None:
    """Print with whom a player played most (ClickHouse)."""
    show(run(_relations(member, n)), ("membership_id", "name", "instances", "weight"), json=json)


@app.command("fill-clickhouse")
def fill_clickhouse(
    everything: Annotated[
        bool, typer.Option("--all", help="Also where the numbers agree, such as after fix-sherpa-clears.")
    ] = False,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Compare ClickHouse with PostgreSQL by ranges of ids, and have written again what differs."""
    differing = run(_differing(everything))
    done = confirm(len(differing), "ranges of 10,000 ids to write", yes=yes, dry_run=dry_run, harmless=True)
    wanted = run(_fill(list(differing))) if done and differing else 0
    show_one({"ranges": len(differing), "lacking": sum(differing.values()), "wanted": wanted}, json=json)


@app.command("cheat-levels")
def cheat_levels(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Raise cheat levels by the flags of 60 days, and blacklist what was cheated in (Nemesis)."""
    done = confirm(1, "judgements of everybody with flags", yes=yes, dry_run=dry_run)
    show_one(run(_judge()) if done else {"suspects": 0, "raised": 0}, json=json)


@app.command("crawl-clans")
def crawl_clans(
    top: Annotated[int, typer.Option(min=1, max=100_000, help="Of those on such ranks anywhere.")] = 1500,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Read the clans of leading players, with all their members, and rank them (Hera)."""
    done = confirm(top, "leading players' clans to read", yes=yes, dry_run=dry_run, harmless=True)
    show_one(run(_clans(top)) if done else {"players": 0}, json=json)


@app.command("fix-sherpa-clears")
def fix_sherpa_clears(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Set first clears, sherpas and all totals anew from the stored instances (Bob)."""
    if confirm(1, "repairs of everybody's totals, while nothing is stored", yes=yes, dry_run=dry_run):
        show_one(run(_mend()), json=json)
    else:
        show_one({"first_clears": 0, "stats": 0, "players": 0}, json=json)


@app.command("flag-restricted-pgcrs")
def flag_restricted_pgcrs(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Flag and blacklist completed contests of The Desert Perpetual whose reports Bungie hides."""
    done = confirm(1, "checks of all contest reports at Bungie", yes=yes, dry_run=dry_run)
    show_one({"flagged": run(_flag()) if done else 0}, json=json)


@app.command("look-through")
def look_through(
    first: Annotated[int, typer.Argument(min=1, help="First id.")],
    last: Annotated[int, typer.Argument(min=1, help="Last id, at most a million farther on.")],
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Have a range of ids asked for once more by the crawler, beside its walk (Hades)."""
    from genjilib.core.errors import Invalid

    if not first <= last <= first + 1_000_000:
        sentence = "The last id lies at or behind the first, at most a million farther on."
        raise Invalid(sentence, code="no-range")
    done = confirm(last - first + 1, "ids to ask for", yes=yes, dry_run=dry_run, harmless=True)
    show_one({"ids": run(_look_through(first, last)) if done else 0}, json=json)


@app.command("process-single-pgcr")
def process_single_pgcr(
    instance: Instance, json: Json = False, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Fetch one report and store it."""
    done = confirm(1, f"reports to store: {instance}", yes=yes, dry_run=dry_run, harmless=True)
    new = run(_fetch(instance)) if done else False
    show_one({"instance_id": instance, "new": new}, json=json)


@app.command("refresh-leaderboards")
def refresh_leaderboards(
    board: Annotated[list[str] | None, typer.Option("--board", help="Only this one; repeatable.")] = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Compute the leaderboards anew, while they are read; the worker does it daily."""
    done = confirm(1, "computations of leaderboards", yes=yes, dry_run=dry_run, harmless=True)
    show_one({"refreshed": run(_refresh(board)) if done else []}, json=json)


@app.command("update-manifest")
def update_manifest(
    force: Annotated[bool, typer.Option("--force", help="Also when it was read before.")] = False,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Read weapons and feats from Bungie's manifest, if there is a new one (Athena)."""
    done = confirm(1, "manifests to read", yes=yes, dry_run=dry_run, harmless=True)
    found = run(_manifest(force)) if done else None
    show_one({"updated": found is not None, **(found or {})}, json=json)


@app.command("update-skull-hashes")
def update_skull_hashes(
    below: Annotated[int, typer.Option(min=1, help="Instances below this id.")] = 16_377_060_020,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Fill in skulls of The Desert Perpetual that were not read when its first reports were stored."""
    done = confirm(1, "checks of all its kept reports", yes=yes, dry_run=dry_run, harmless=True)
    show_one({"changed": run(_skulls(below)) if done else 0}, json=json)


async def _histories(n: int, among: int, weeks: int) -> int:
    from genjilib.ops import postgres
    from genjilib.raids import rules

    async with postgres.database() as db:
        return await rules.want_histories(db, n=n, among=among, weeks=weeks)


async def _analyse(
    what: Literal["population", "weapons", "clear_times"], days: int, until: datetime | None, **more: int
) -> list[dict[str, Any]]:
    from datetime import UTC, timedelta

    import msgspec

    from genjilib.core.clock import now
    from genjilib.raids import analytics

    end = (until or now()).replace(tzinfo=UTC)
    ask: Any = getattr(analytics, what)
    async with _analytics() as (db, clickhouse):
        return [
            msgspec.structs.asdict(one)
            for one in await ask(db, clickhouse, end - timedelta(days), end, **more)
        ]


async def _relations(member: int, n: int) -> list[dict[str, Any]]:
    import msgspec

    from genjilib.raids import analytics

    async with _analytics() as (db, clickhouse):
        found = await analytics.relations(db, clickhouse, member, n=n)
    return [msgspec.structs.asdict(one) for one in found]


async def _differing(everything: bool) -> dict[int, int]:
    from genjilib.raids import analytics

    async with _analytics() as (db, clickhouse):
        return await analytics.differing(db, clickhouse, everything=everything)


async def _fill(first_ids: list[int]) -> int:
    from genjilib.ops import postgres
    from genjilib.raids import analytics

    async with postgres.database() as db:
        return await analytics.fill(db, first_ids)


@asynccontextmanager
async def _analytics() -> "AsyncGenerator[tuple[Db, ClickHouse]]":
    from genjilib.core.errors import Invalid
    from genjilib.core.settings import Settings
    from genjilib.ops import postgres
    from genjilib.raids.clickhouse import ClickHouse

    async with postgres.database() as db, ClickHouse.open(Settings.load()) as clickhouse:
        if clickhouse is None:
            raise Invalid("There is no ClickHouse: set CLICKHOUSE_URL.", code="no-clickhouse")
        yield db, clickhouse


async def _judge() -> dict[str, Any]:
    from dataclasses import asdict

    from genjilib.core.settings import Settings
    from genjilib.ops import postgres
    from genjilib.raids import nemesis
    from genjilib.raids.alerts import Alerts

    async with (
        postgres.database() as db,
        _bungie(db) as bungie,
        Alerts.open(Settings.load()) as alerts,
    ):
        return asdict(await nemesis.judge(db, bungie, alerts))


async def _clans(top: int) -> dict[str, Any]:
    from msgspec import structs

    from genjilib.ops import postgres
    from genjilib.raids import clans

    async with postgres.database() as db, _bungie(db) as bungie:
        return structs.asdict(await clans.crawl(db, bungie, top=top))


async def _manifest(force: bool) -> dict[str, Any] | None:
    from msgspec import structs

    from genjilib.ops import postgres
    from genjilib.raids import manifest

    async with postgres.database() as db, _bungie(db) as bungie:
        found = await manifest.update(db, bungie, force=force)
    return None if found is None else structs.asdict(found)


async def _refresh(boards: list[str] | None) -> list[str]:
    from genjilib.core.errors import Invalid
    from genjilib.ops import postgres
    from genjilib.raids import leaderboards

    if unknown := set(boards or ()) - set(leaderboards.BOARDS):
        known = ", ".join(leaderboards.BOARDS)
        raise Invalid(
            f"There is no leaderboard {', '.join(sorted(unknown))}. Known: {known}.", code="no-board"
        )
    async with postgres.database() as db:
        return await leaderboards.refresh(db, boards or leaderboards.BOARDS)


async def _mend() -> dict[str, Any]:
    from dataclasses import asdict

    from genjilib.ops import postgres
    from genjilib.raids import repair

    async with postgres.database() as db:
        return asdict(await repair.mend_totals(db))


async def _flag() -> int:
    from genjilib.ops import postgres
    from genjilib.raids import repair

    async with postgres.database() as db, _bungie(db) as bungie:
        with progress("asking Bungie", unit="reports") as advance:
            return await repair.flag_restricted(db, bungie, advance=advance)


async def _look_through(first: int, last: int) -> int:
    from genjilib.core.errors import Invalid
    from genjilib.ops import postgres
    from genjilib.raids import crawl

    if not first <= last <= first + 1_000_000:
        raise Invalid(
            "The last id lies at or behind the first, at most a million farther on.", code="no-range"
        )
    async with postgres.database() as db:
        return await crawl.look_through(db, first, last)


async def _fetch(instance: int) -> bool:
    from genjilib.ops import postgres
    from genjilib.raids import repair

    async with postgres.database() as db, _bungie(db) as bungie:
        return await repair.fetch(db, bungie, instance)


async def _skulls(below: int) -> int:
    from genjilib.ops import postgres
    from genjilib.raids import repair

    async with postgres.database() as db:
        with progress("reading reports", unit="reports") as advance:
            return await repair.fill_skulls(db, below=below, advance=advance)


def _bungie(db: "Db") -> "AbstractAsyncContextManager[Bungie]":
    from genjilib.core.errors import Invalid
    from genjilib.core.settings import Settings
    from genjilib.raids.bungie import Bungie

    settings = Settings.load()
    if not settings.bungie_api_keys.get_secret_value():
        raise Invalid("There is no key of Bungie's API: set BUNGIE_API_KEYS.", code="no-bungie-key")
    return Bungie.open(settings, db)
