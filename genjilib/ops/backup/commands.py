"""The commands of ``genji backup``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genjilib.ops.shell import PROGRAM, DryRun, Json, Quiet, Yes, confirm, progress, run, say, show, show_one

if TYPE_CHECKING:
    from genjilib.ops.backup.manifest import Manifest

app = typer.Typer(name="backup", help="Make backups, prove them, bring them back.", no_args_is_help=True)

COLUMNS = ("id", "database", "size_bytes", "rows", "schema_version", "state", "proved_at")

FolderOption = Annotated[
    str,
    typer.Option(
        "--folder", envvar="BACKUP_FOLDER", help="Where backups are kept: a folder, or s3://bucket/prefix."
    ),
]
Identity = Annotated[
    Path | None,
    typer.Option(envvar="BACKUP_AGE_IDENTITY", help="File with age's secret key, for encrypted backups."),
]
Backup = Annotated[
    str,
    typer.Argument(
        help="The id that 'backup list' shows, or 'latest'.", autocompletion=lambda: _complete_ids()
    ),
]
Into = Annotated[
    str | None, typer.Option("--into", help="Name of the database to make; without, that of DATABASE_URL.")
]
Server = Annotated[
    str | None,
    typer.Option(envvar="BACKUP_VERIFY_URL", help="Server for the scratch database, if not DATABASE_URL's."),
]
Replace = Annotated[
    str | None,
    typer.Option(
        "--replace",
        metavar="NAME",
        help="The target's name, typed once more: one that has tables is set aside, under another name.",
    ),
]
DEFAULT = "backups"

_WAITING = ("outbox", "dead_letters")
"""Tables whose rows are sent again, or can be, after a restore."""


@app.command()
def create(
    folder: FolderOption = DEFAULT,
    recipients: Annotated[
        str | None,
        typer.Option(envvar="BACKUP_AGE_RECIPIENTS", help="Encrypt for these public keys of age (age1…,…)."),
    ] = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Back up the whole database, with a hash of every table, while everything goes on."""
    from genjilib.core.errors import Invalid
    from genjilib.ops import postgres

    if recipients is None and "BACKUP_AGE_RECIPIENTS" in os.environ:
        # Typer takes an empty variable for none; whoever set it did not mean a backup that anybody reads.
        raise Invalid("BACKUP_AGE_RECIPIENTS is empty: name public keys of age, or unset it.", code="age-key")
    target = postgres.target()
    what = f"backups to make: database {target.database} into {folder}"
    if not confirm(1, what, yes=yes, dry_run=dry_run, harmless=True):
        show_one({"id": None, "database": target.database, "folder": folder}, json=json)
        return
    made = run(_create(target, folder, recipients, quiet))
    if json or not quiet:
        show_one(_summary(made), json=json)
    if not quiet:
        say(f"Prove it: {PROGRAM} backup verify {made.id}")


@app.command("list")
def list_(
    folder: FolderOption = DEFAULT,
    check: Annotated[
        bool, typer.Option("--check", help="Read them all; end with 1 when a SHA-256 is another one.")
    ] = False,
    json: Json = False,
) -> None:
    """List the backups, oldest first, and when each was last proved to be restorable."""
    rows = run(_list(folder, check))
    show(rows, COLUMNS, json=json)
    if check and any(row["state"] != "whole" for row in rows):
        raise typer.Exit(1)


@app.command()
def setup(backup: Backup = "latest", folder: FolderOption = DEFAULT, json: Json = False) -> None:
    """Print what stood beside the database: its roles as SQL; with --json RabbitMQ's definitions too."""
    from genjilib.ops import tables

    found = run(_setup(backup, folder))
    typer.echo(tables.as_json(found) if json else found["roles"])


@app.command()
def restore(
    backup: Backup,
    into: Into = None,
    replace: Replace = None,
    folder: FolderOption = DEFAULT,
    identity: Identity = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Make a database of a backup; what is there already is never changed, at most renamed."""
    wanted, database, restored = run(
        bring_back(backup, into, replace, folder, identity, yes=yes, dry_run=dry_run, quiet=quiet)
    )
    if json or not quiet:
        show_one({**_summary(wanted), "database": database, "restored": restored}, json=json)


@app.command()
def verify(
    backup: Backup = "latest",
    folder: FolderOption = DEFAULT,
    server: Server = None,
    identity: Identity = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Prove a backup: restore it into a scratch database, compare every table, drop it again."""
    proof = run(_verify(backup, folder, server, identity, yes, dry_run, quiet))
    if json or not quiet:
        show_one(proof, json=json)
    for problem in proof["problems"]:
        say(f"Wrong: {problem}")
    if proof["problems"]:
        raise typer.Exit(1)


@app.command()
def prune(
    folder: FolderOption = DEFAULT,
    daily: Annotated[int, typer.Option("--keep-daily", min=0, help="Days of which the newest stays.")] = 7,
    weekly: Annotated[int, typer.Option("--keep-weekly", min=0, help="Weeks of which the newest stays.")] = 4,
    monthly: Annotated[
        int, typer.Option("--keep-monthly", min=0, help="Months of which the newest stays.")
    ] = 6,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Remove old backups; the newest one and the last proved one always stay."""
    rows = run(_prune(folder, {"daily": daily, "weekly": weekly, "monthly": monthly}, yes, dry_run))
    if json or not quiet:
        show(rows, ("id", "size_bytes", "state", "proved_at", "keep", "removed"), json=json)


def _complete_ids() -> list[str]:
    """Return the ids in the usual folder, newest first, by their file names alone: it runs on every TAB."""
    folder = Path(os.environ.get("BACKUP_FOLDER", DEFAULT))  # a bucket would have to be asked
    names = [path.name for path in folder.glob("*.dump")]
    return [name.removesuffix(".dump") for name in sorted(names, reverse=True)]


async def _create(target: Any, folder: str, recipients: str | None, quiet: bool) -> "Manifest":
    from genjilib.ops.backup import manifest
    from genjilib.ops.backup.dump import create
    from genjilib.ops.backup.sink import place

    sink = place(folder)
    with progress(
        "Backing up", total=await manifest.likely_size(sink, target.database), quiet=quiet
    ) as advance:
        return await create(target, sink, advance, recipients=recipients)


async def _list(folder: str, check: bool) -> list[dict[str, Any]]:
    from genjilib.core.errors import Conflict
    from genjilib.ops.backup import manifest
    from genjilib.ops.backup import restore as rules
    from genjilib.ops.backup.sink import place

    sink = place(folder)
    rows = await manifest.every(sink)
    for row in rows if check else ():
        if row["state"] == "whole":
            try:
                await rules.check_file(sink, await manifest.load(sink, row["id"]), lambda _: None)
            except Conflict:
                row["state"] = "damaged"
    return rows


async def _setup(backup: str, folder: str) -> dict[str, Any]:
    from genjilib.ops.backup import manifest
    from genjilib.ops.backup.sink import place

    found = await manifest.load(place(folder), backup)
    return {"id": found.id, "roles": found.roles, "broker": found.broker}


async def bring_back(
    backup: str,
    into: str | None,
    replace: str | None,
    folder: str,
    identity: Path | None,
    *,
    masked: bool = False,
    yes: bool,
    dry_run: bool,
    quiet: bool,
) -> tuple["Manifest", str, bool]:
    """Make a database of a backup; return the backup, the database's name, and whether it was made.

    A ``masked`` one takes the place of an older masked one without further ado.
    """
    from genjilib.ops import postgres
    from genjilib.ops.backup import manifest, masking
    from genjilib.ops.backup import restore as rules
    from genjilib.ops.backup.sink import place

    sink, own = place(folder), postgres.target()
    target = own.named(into or own.database)
    wanted = await manifest.load(sink, backup)
    again = masked and await masking.is_copy(target)
    if not again:
        live = postgres.settings().app_environment == "production" and target.database == own.database
        await rules.check_target(target, replace, live=live)
    of = f"{'masked, ' if masked else ''}{wanted.rows} rows of {wanted.created_at:%F %T} UTC"
    what = f"databases to make: {target.database} on {target.where}, {of}"
    go = confirm(1, what, yes=yes, dry_run=dry_run, harmless=again or into is not None)
    if go:
        with progress("Restoring", total=wanted.size_bytes, quiet=quiet) as advance:
            await rules.restore(
                target, sink, wanted, advance,
                old="drop" if again else "refuse" if replace is None else "aside",
                identity=identity, then=masking.mask if masked else None,
            )  # fmt: skip
    return wanted, target.database, go


async def _verify(
    backup: str, folder: str, server: str | None, identity: Path | None, yes: bool, dry_run: bool, quiet: bool
) -> dict[str, Any]:
    import msgspec

    from genjilib.ops import postgres
    from genjilib.ops.backup import manifest
    from genjilib.ops.backup import restore as rules
    from genjilib.ops.backup.sink import place

    sink = place(folder)
    target = postgres.Target.of(server) if server else postgres.target()
    wanted = await manifest.load(sink, backup)
    what = f"backups to prove in a scratch database on {target.where}: {wanted.id}"
    if not confirm(1, what, yes=yes, dry_run=dry_run, harmless=True):
        return {"id": wanted.id, "verified_at": None, "problems": []}
    with progress("Verifying", total=wanted.size_bytes, quiet=quiet) as advance:
        return msgspec.structs.asdict(await rules.verify(target, sink, wanted, advance, identity=identity))


async def _prune(folder: str, counts: dict[str, int], yes: bool, dry_run: bool) -> list[dict[str, Any]]:
    from genjilib.ops.backup import retention
    from genjilib.ops.backup.sink import place

    sink = place(folder)
    rows = await retention.plan(sink, counts)
    old = [row for row in rows if not row["keep"]]
    ids = ", ".join(row["id"] for row in old) or "none"
    removing = confirm(len(old), f"backups to remove: {ids}", yes=yes, dry_run=dry_run)
    for row in old:
        if removing:
            await retention.remove(sink, row["id"])
    return [{**row, "removed": removing and not row["keep"]} for row in rows]


def _summary(made: "Manifest") -> dict[str, Any]:
    import msgspec

    from genjilib.ops.backup.manifest import LONG

    shown = {name: value for name, value in msgspec.structs.asdict(made).items() if name not in LONG}
    waiting = {
        name: made.tables[f"messages.{name}"].rows for name in _WAITING if f"messages.{name}" in made.tables
    }
    return {**shown, "tables": len(made.tables), "rows": made.rows, **waiting}
