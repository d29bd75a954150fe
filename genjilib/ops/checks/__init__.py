"""What the doctor looks at: each check returns findings, and never raises what a finding can say."""

import difflib
from pathlib import Path

from dotenv import dotenv_values

from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings
from genjilib.ops.checks.broker import check_broker
from genjilib.ops.checks.database import check_database
from genjilib.ops.checks.finding import Finding
from genjilib.ops.checks.services import check_services, check_watch
from genjilib.ops.checks.upkeep import check_backups, check_disk, check_schedules

__all__ = ["Finding", "examine"]


async def examine(backups: str, metrics: Path, prometheus: str | None) -> list[Finding]:
    """Look at everything, and go on where one thing is broken.

    ``backups`` is where they are kept, ``metrics`` the folder in which schedules note their success,
    ``prometheus`` the address of the server that watches everything.
    """
    try:
        settings = Settings.load()
    except Invalid as error:
        sentence = " ".join(error.detail.split())
        wrong = Finding("settings", "wrong", sentence, "cp .env.example .env, then fill it in")
        return [wrong, *_misspelt(), *await check_database(None), *check_disk(backups)]
    return [
        Finding("settings", "ok", "complete"),
        *_misspelt(),
        *await check_services(settings),
        *await check_database(settings),
        *await check_broker(settings),
        *await check_backups(backups, settings),
        *check_schedules(metrics, settings),
        *await check_watch(prometheus, settings),
        *check_disk(backups),
    ]


def _misspelt() -> list[Finding]:
    """Name what .env sets and nobody reads, where it looks like a setting; the rest may be others'."""
    known = [name.upper() for name in Settings.model_fields]
    try:
        given = dotenv_values(".env")
    except (OSError, UnicodeDecodeError):
        return []  # said by the settings themselves
    meant = {
        name: difflib.get_close_matches(name, known, n=1, cutoff=0.8) for name in given if name not in known
    }
    return [
        Finding(
            "settings", "wrong", f".env sets {name}, which nothing reads", f"call it {close[0]}, or remove it"
        )
        for name, close in meant.items()
        if close
    ]
