"""``genji raids``: what a person does by hand to the raids' data, and what cron does."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, progress, run, show_one

if TYPE_CHECKING:
    from genjilib.db import Db
    from genjilib.raids.bungie import Bungie

app = typer.Typer(name="raids", help="Crawl, repair and flag the raids' data.", no_args_is_help=True)

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
