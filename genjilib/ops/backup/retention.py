"""Which backups stay: the newest of each of the last days, weeks and months that have one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from genjilib.core import clock
from genjilib.ops.backup import manifest
from genjilib.ops.backup.sink import Sink

ABANDONED: Final = timedelta(days=1)
"""Age from which a dump without a manifest belongs to a backup that was killed, not to one being made."""

_PERIODS: Final[dict[str, Callable[[datetime], tuple[int, ...]]]] = {
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": lambda at: at.isocalendar()[:2],
    "monthly": lambda at: (at.year, at.month),
}


def kept(entries: Sequence[dict[str, Any]], counts: dict[str, int]) -> dict[str, list[str]]:
    """Return the ids that stay, each with its reasons, of ``entries`` (rows of ``manifest.every``).

    ``counts`` says of how many days (``daily``), ISO weeks (``weekly``) and months (``monthly``), in UTC, the
    newest backup stays; periods without a backup do not count. The newest one and the newest proved one
    always stay. One that is not whole takes nobody's place.
    """
    reasons: dict[str, list[str]] = {}
    whole = [entry for entry in reversed(entries) if entry["state"] == "whole"]
    proved = [entry for entry in whole if entry["proved_at"] is not None]
    for reason, found in (("newest", whole), ("proved", proved)):
        for entry in found[:1]:
            reasons.setdefault(entry["id"], []).append(reason)
    for period, of in _PERIODS.items():
        newest: dict[tuple[int, ...], str] = {}
        for entry in whole:
            newest.setdefault(of(entry["created_at"]), entry["id"])
        for backup in list(newest.values())[: counts[period]]:
            reasons.setdefault(backup, []).append(period)
    return reasons


async def plan(sink: Sink, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return every backup with ``keep``, why it stays (nothing: it goes), oldest first.

    While none is whole, all stay: there is nothing better. Dumps that killed backups left behind go.
    """
    entries = await manifest.every(sink)
    stay = kept(entries, counts)
    rows = [{**entry, "keep": stay.get(entry["id"], []) if stay else ["no better"]} for entry in entries]
    listed, before = {entry["id"] for entry in entries}, f"{clock.now() - ABANDONED:%Y%m%d-%H%M%S}"
    left: list[dict[str, Any]] = [
        {"id": backup, "state": "never finished", "size_bytes": size, "keep": []}
        for name, size in (await sink.names()).items()
        if name.endswith(".dump") and (backup := name.removesuffix(".dump")) not in listed and backup < before
    ]
    return [*left, *rows]


async def remove(sink: Sink, backup: str) -> None:
    """Remove a backup; its manifest first, so that a half removed one is not listed."""
    for name in (f"{backup}.json", f"{backup}.proof.json", manifest.dump_name(backup)):
        await sink.delete(name)
