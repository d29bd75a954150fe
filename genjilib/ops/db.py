"""``genji db``: copies of the database for those who develop."""

from pathlib import Path
from typing import Annotated, Any

import typer

from genjilib.ops.backup.commands import DEFAULT, Backup, FolderOption, Identity, Into, Replace
from genjilib.ops.shell import DryRun, Json, Quiet, Yes, confirm, progress, run, show_one

app = typer.Typer(name="db", help="Copies of the database for development.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``refresh`` a word of its own while it is the only one."""


@app.command()
def refresh(
    backup: Backup = "latest",
    masked: Annotated[
        bool, typer.Option("--masked", help="Mask personal data; there is no other copy.")
    ] = True,
    into: Into = None,
    replace: Replace = None,
    folder: FolderOption = DEFAULT,
    identity: Identity = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Make a copy of a backup without names, e-mails, tokens, addresses, sessions; replace an older copy."""
    done = run(_refresh(backup, into, replace, folder, identity, yes, dry_run, quiet))
    if json or not quiet:
        show_one({**done, "masked": masked}, json=json)


async def _refresh(
    backup: str,
    into: str | None,
    replace: str | None,
    folder: str,
    identity: Path | None,
    yes: bool,
    dry_run: bool,
    quiet: bool,
) -> dict[str, Any]:
    from genjilib.ops import postgres
    from genjilib.ops.backup import manifest, masking
    from genjilib.ops.backup import restore as rules
    from genjilib.ops.backup.sink import place

    sink, target = place(folder), postgres.target()
    target = target.named(into or target.database)
    wanted = await manifest.load(sink, backup)
    again = await masking.is_copy(target)
    if not again:
        await rules.check_target(target, replace)
    what = f"databases to make: {target.database} on {target.where}, masked, of {wanted.id}"
    done = {"id": wanted.id, "database": target.database, "refreshed": False}
    if confirm(1, what, yes=yes, dry_run=dry_run, harmless=again or into is not None):
        with progress("Copying", total=wanted.size_bytes, quiet=quiet) as advance:
            await rules.restore(
                target, sink, wanted, advance,
                old="drop" if again else "aside" if replace is not None else "refuse",
                identity=identity, then=masking.mask,
            )  # fmt: skip
        done["refreshed"] = True
    return done
