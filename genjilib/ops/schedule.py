"""``genji schedule``: what runs by itself, when, and the metric that tells when it last succeeded."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from genjilib.ops.shell import PROGRAM, DryRun, Json, Yes, confirm, show

app = typer.Typer(name="schedule", help="What runs by itself, and when it last did.", no_args_is_help=True)

ROOT = Path(__file__).resolve().parents[2]
CRONTABS = {
    ROOT / "infra" / "cron" / "genji": "genji cd /opt/genji && ./cli.py",
    ROOT / "infra" / "cron" / "genji-staging": "root /opt/genji/infra/compose/run staging",
    ROOT / "infra" / "cron" / "genji-production": "root /opt/genji/infra/compose/run production",
}
"""A file for each place, and who runs commands there how: in a checkout, or in the containers of one."""

Folder = Annotated[
    Path,
    typer.Option(
        "--metrics",
        envvar="SCHEDULE_METRICS",
        help="Where Prometheus' node exporter looks for text files with metrics.",
    ),
]
DEFAULT = Path("/var/lib/prometheus/node-exporter")
Name = Annotated[str, typer.Argument(help="The name that 'schedule list' shows.")]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A command that cron runs; ``when`` is a crontab's five fields."""

    name: str
    when: str
    command: tuple[str, ...]
    meaning: str
    raids: bool = False
    """Whether it asks Bungie, and does nothing without a key of Bungie's API."""

    @property
    def patience(self) -> timedelta:
        """How long after a success the next one may be waited for: a day or a week, and a little."""
        return timedelta(hours=26) if self.when.endswith("*") else timedelta(days=8)


SCHEDULES = (
    Schedule("backup", "15 3 * * *", ("backup", "create", "--quiet"), "Everything is backed up."),
    Schedule("verify", "45 3 * * *", ("backup", "verify", "latest", "--quiet"), "The backup is proved."),
    Schedule("prune", "45 4 * * *", ("backup", "prune", "--yes", "--quiet"), "Old backups are removed."),
    Schedule(
        "histories",
        "15 7 * * 0",
        ("raids", "activity-history-update", "--yes"),
        "Histories of players are read for instances that are not stored.",
    ),
    Schedule(
        "manifest",
        "*/5 17-19 * * *",
        ("raids", "update-manifest", "--yes"),
        "Weapons and feats are read from a new manifest.",
        raids=True,
    ),
    Schedule(
        "clans",
        "0 12 * * 1",
        ("raids", "crawl-clans", "--yes"),
        "Clans of leading players are read and ranked.",
        raids=True,
    ),
    Schedule(
        "cheaters",
        "30 5,13,19,23 * * *",
        ("raids", "cheat-levels", "--yes"),
        "Cheat levels are raised, and what was cheated in is blacklisted.",
        raids=True,
    ),
)
"""What cron runs; the worker cleans by itself, every hour, and tells so under the name ``clean``."""


@app.command("list")
def list_(folder: Folder = DEFAULT, json: Json = False) -> None:
    """List what runs by itself, when, and when it last succeeded."""
    rows = [
        {
            "name": each.name,
            "when": each.when,
            "last_success": last(folder, each.name),
            "command": " ".join(each.command),
            "meaning": each.meaning,
        }
        for each in SCHEDULES
    ]
    show(rows, ("name", "when", "last_success", "command"), json=json)


@app.command()
def run(
    name: Name, folder: Folder = DEFAULT, json: Json = False, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Run a schedule's command now, one at a time, and write down its success; exit as the command did."""
    import fcntl
    import subprocess
    import sys

    from genjilib.core import clock
    from genjilib.core.errors import Conflict
    from genjilib.core.settings import Settings

    schedule = _find(name)
    if schedule.raids and not Settings.load().bungie_api_keys.get_secret_value():
        raise typer.Exit
    what = f"commands to run: {PROGRAM} {' '.join(schedule.command)}"
    code = None
    if confirm(1, what, yes=yes, dry_run=dry_run, harmless=True):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f".genji-{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(f"The schedule {name} is running.", code="schedule-running") from None
            # Results are of no use here; what goes wrong is said on standard error, which cron mails.
            command, started = [sys.executable, ROOT / "cli.py", *schedule.command], clock.monotonic()
            code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
            if code == 0:
                seconds = clock.monotonic() - started
                write(folder, name, seconds, _backup_bytes() if name == "backup" else None)
    if json or dry_run:
        show([{"name": name, "code": code}], ("name", "code"), json=json)
    raise typer.Exit(code or 0)


@app.command()
def export(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Write the crontabs of all schedules, one for each place."""
    texts = {file: crontab(command) for file, command in CRONTABS.items()}
    changed = [file for file, text in texts.items() if not file.exists() or file.read_text() != text]
    written = confirm(len(changed), "crontabs to write", yes=yes, dry_run=dry_run, harmless=True)
    for file in changed if written else ():
        file.write_text(texts[file])
    rows = [{"file": str(file), "written": written and file in changed} for file in texts]
    show(rows, ("file", "written"), json=json)


def crontab(command: str) -> str:
    """Return the text of a file for ``/etc/cron.d``: a line for each schedule, run by ``command``."""
    lines = [f"{each.when} {command} schedule run {each.name}" for each in SCHEDULES]
    return "\n".join(
        [
            "# Written by './cli.py schedule export', for /etc/cron.d: the checkout is /opt/genji.",
            "# Times are the host's, which should keep UTC. Cron mails what is said: only what went wrong.",
            "SHELL=/bin/sh",
            *lines,
            "",
        ]
    )


def _find(name: str) -> Schedule:
    from genjilib.core.errors import NotFound

    for each in SCHEDULES:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in SCHEDULES)
    raise NotFound(f"There is no schedule {name}. There are {known}.", code="schedule-not-found")


def _file(folder: Path, name: str) -> Path:
    return folder / f"genji-{name}.prom"


def _backup_bytes() -> int | None:
    """Return the size of the newest backup, which was just made."""
    from genjilib.ops import postgres, shell
    from genjilib.ops.backup import commands, manifest, sink

    place = sink.place(os.environ.get("BACKUP_FOLDER", commands.DEFAULT))
    return shell.run(manifest.likely_size(place, postgres.target().database))


def write(folder: Path, name: str, seconds: float = 0, size: int | None = None) -> None:
    """Write the metrics of a success for the node exporter, whole or not at all.

    ``seconds`` is how long it took, ``size`` the bytes of the backup where it made one.
    """
    from prometheus_client import CollectorRegistry, write_to_textfile

    from genjilib.core import metrics

    registry = CollectorRegistry()
    for metric in (metrics.SCHEDULE_LAST_SUCCESS, metrics.SCHEDULE_DURATION):
        metric.clear()
        registry.register(metric)
    metrics.SCHEDULE_LAST_SUCCESS.labels(name).set_to_current_time()
    metrics.SCHEDULE_DURATION.labels(name).set(seconds)
    if size is not None:
        registry.register(metrics.BACKUP_SIZE)
        metrics.BACKUP_SIZE.set(size)
    write_to_textfile(str(_file(folder, name)), registry)


def last(folder: Path, name: str) -> datetime | None:
    """Return when the schedule last succeeded, as its metric tells; nothing when it never did."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        text = _file(folder, name).read_text()
    except FileNotFoundError:
        return None
    found = {
        sample.name: sample.value for each in text_string_to_metric_families(text) for sample in each.samples
    }
    return datetime.fromtimestamp(found["genji_schedule_last_success_seconds"], UTC)
