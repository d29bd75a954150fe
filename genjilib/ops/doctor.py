"""``genji doctor``: one look at everything, each finding with the command that mends it."""

from typing import TYPE_CHECKING, Annotated

import typer

from genjilib.ops.shell import Json, run, say, show

if TYPE_CHECKING:
    from genjilib.ops.checks import Finding

Backups = Annotated[str, typer.Option("--backups", envvar="BACKUP_FOLDER", help="Where backups are kept.")]
DEFAULT = "backups"


def doctor(backups: Backups = DEFAULT, json: Json = False) -> None:
    """Look at settings, database, backups, clock and disk; end with 1 when something needs mending."""
    from dataclasses import asdict

    findings = run(_examine(backups))
    show([asdict(finding) for finding in findings], ("check", "state", "finding", "mend"), json=json)
    wrong = sum(finding.state == "wrong" for finding in findings)
    say(f"{len(findings)} things looked at, {wrong} to mend.")
    if wrong:
        raise typer.Exit(1)


async def _examine(backups: str) -> "list[Finding]":
    from genjilib.ops import checks

    return await checks.examine(backups)
