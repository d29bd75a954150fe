"""Checks of what keeps a system healthy: backups, schedules, room on the disk."""

import shutil
from datetime import timedelta
from pathlib import Path

from genjilib.core import clock
from genjilib.core.errors import GenjiError
from genjilib.core.settings import Settings
from genjilib.ops import schedule
from genjilib.ops.backup import manifest
from genjilib.ops.backup.sink import REMOTE, place
from genjilib.ops.checks.finding import Finding, where_it_counts
from genjilib.ops.shell import PROGRAM
from genjilib.ops.tables import size

OLDEST_PROOF = timedelta(days=7)
LEAST_FREE = 1_000_000_000
LEAST_SHARE = 0.05


async def check_backups(folder: str, settings: Settings) -> list[Finding]:
    """Look for a backup that was proved to be restorable not long ago."""
    state = where_it_counts(settings)
    try:
        entries = await manifest.every(place(folder))
    except GenjiError as error:
        return [
            Finding("backup", "wrong", error.detail, "correct BACKUP_FOLDER and the settings of S3 or R2")
        ]
    proved = [entry for entry in entries if entry.get("proved_at") is not None]
    broken = [entry["id"] for entry in entries if entry["state"] != "whole"]
    found = [
        Finding("backup", "wrong", f"backup {which} is damaged", f"{PROGRAM} backup verify {which}")
        for which in broken
    ]
    if not entries:
        return [*found, Finding("backup", state, f"there is none in {folder}", f"{PROGRAM} backup create")]
    if not proved:
        return [*found, Finding("backup", state, "none was ever proved", f"{PROGRAM} backup verify latest")]
    age = clock.now() - max(entry["created_at"] for entry in proved)
    said = f"the newest proved one is {age.total_seconds() / 86400:.1f} days old"
    if age > OLDEST_PROOF:
        mend = f"{PROGRAM} backup create && {PROGRAM} backup verify latest"
        return [*found, Finding("backup", state, said, mend)]
    return [*found, Finding("backup", "ok", said)]


def check_schedules(folder: Path, settings: Settings) -> list[Finding]:
    """Look when each schedule last succeeded."""
    state, found = where_it_counts(settings), list[Finding]()
    for each in schedule.SCHEDULES:
        last = schedule.last(folder, each.name)
        mend = f"{PROGRAM} schedule run {each.name}"
        if last is None:
            found.append(Finding("schedule", state, f"{each.name} never succeeded, says {folder}", mend))
        elif clock.now() - last > each.patience:
            found.append(Finding("schedule", state, f"{each.name} last succeeded at {last:%F %T} UTC", mend))
    return found or [Finding("schedule", "ok", f"all {len(schedule.SCHEDULES)} succeeded in time")]


def check_disk(folder: str) -> list[Finding]:
    """Look at the free space where backups go; here, where that is a bucket."""
    path = Path("" if folder.startswith(REMOTE) else folder).absolute()
    disk = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(disk)
    said = f"{size(usage.free)} of {size(usage.total)} free at {disk}"
    if usage.free < LEAST_FREE or usage.free < LEAST_SHARE * usage.total:
        return [Finding("disk", "wrong", said, f"make room at {disk}")]
    return [Finding("disk", "ok", said)]
