"""``genji doctor``: one look at everything, each finding with the command that mends it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genjilib.ops import schedule
from genjilib.ops.shell import Json, run, say, show

if TYPE_CHECKING:
    from genjilib.ops.checks import Finding

Backups = Annotated[str, typer.Option("--backups", envvar="BACKUP_FOLDER", help="Where backups are kept.")]
DEFAULT = "backups"
Prometheus = Annotated[
    str | None, typer.Option("--prometheus", envvar="PROMETHEUS_URL", help="Address of Prometheus.")
]


def doctor(
    backups: Backups = DEFAULT,
    metrics: schedule.Folder = schedule.DEFAULT,
    prometheus: Prometheus = None,
    json: Json = False,
) -> None:
    """Look at everything that this system needs; end with 1 when something is to be mended.

    Settings, PostgreSQL, RabbitMQ, services outside, backups, schedules, metrics and alerts, clock and disk.
    """
    from dataclasses import asdict

    findings = run(_examine(backups, metrics, prometheus))
    show([asdict(finding) for finding in findings], ("check", "state", "finding", "mend"), json=json)
    wrong = sum(finding.state == "wrong" for finding in findings)
    say(f"{len(findings)} things looked at, {wrong} to mend.")
    if wrong:
        raise typer.Exit(1)


async def _examine(backups: str, metrics: Path, prometheus: str | None) -> "list[Finding]":
    from genjilib.ops import checks

    return await checks.examine(backups, metrics, prometheus and prometheus.rstrip("/"))
