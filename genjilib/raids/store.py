"""Storing: processed reports become rows, and everybody's totals follow, whatever came first."""

import gzip
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core import metrics
from genjilib.core.clock import now
from genjilib.core.events import Event
from genjilib.db import Db, Tx
from genjilib.queries.raids import ClaimRow
from genjilib.raids.types import (
    CheatCheckEvent,
    ClassMissingEvent,
    Instance,
    InstancesChangedEvent,
    PlayerWantedEvent,
)

JUST_NOW: Final = timedelta(hours=5)
BATCH: Final = 100
"""How many reports share a transaction at most: one statement then writes about 8,000 rows."""

_HEAD: Final = [name for name in (*Instance.__struct_fields__, "player_count") if name != "players"]


class Report(Struct, frozen=True):
    """An instance with the bytes it was read from, without Bungie's envelope."""

    instance: Instance
    raw: bytes


class Stored(Struct, frozen=True):
    """What became of a batch; instances that are neither new nor unknown were stored before.

    ``unknown`` have a hash that no activity has yet.
    """

    new: frozenset[int]
    unknown: frozenset[int]


class _MoreToLock(Exception):
    """Somebody stored an instance in between, whose players have to be locked as well."""


async def store(db: Db, reports: Iterable[Report]) -> Stored:
    """Store reports in one transaction a hundred; what is stored already changes nothing.

    The rows that result depend on the set of reports alone, not on their order or on who else stores.
    """
    given, new, unknown = list(reports), set[int](), set[int]()
    for start in range(0, len(given), BATCH):
        async with db.transaction() as tx:
            outcome = await store_batch(tx, given[start : start + BATCH])
        new |= outcome.new
        unknown |= outcome.unknown
    return Stored(frozenset(new), frozenset(unknown))


async def store_batch(tx: Tx, given: Iterable[Report]) -> Stored:
    """Store a few reports in the caller's transaction."""
    reports = list({report.instance.instance_id: report for report in given}.values())
    claimed = await queries.raids.claim(
        tx,
        instances=[_head(report.instance) for report in reports],
        instance_ids=[report.instance.instance_id for report in reports],
        reports=[compress(report.raw) for report in reports],
    )
    new = frozenset(row.instance_id for row in claimed if row.is_new)
    if new:
        instances = [report.instance for report in reports if report.instance.instance_id in new]
        await outbox.emit_all(tx, follow_ups(instances, await _write(tx, instances)))
        _count(instances, claimed)
    return Stored(new, frozenset(row.instance_id for row in claimed if not row.is_known))


def _count(new: Sequence[Instance], claimed: Iterable[ClaimRow]) -> None:
    """Count what was played just now; the few that a rollback takes back are counted twice."""
    played = {one.instance_id: one.completed for one in new if one.date_completed > now() - JUST_NOW}
    for row in claimed:
        if row.instance_id in played:
            done = "true" if played[row.instance_id] else "false"
            metrics.RAIDS_STORED.labels(row.activity, row.version, done).inc()


def compress(raw: bytes) -> bytes:
    """Return a report as ``raw.pgcr`` keeps it; equal reports give equal bytes."""
    return gzip.compress(raw, compresslevel=1, mtime=0)


def follow_ups(instances: Iterable[Instance], newcomers: Iterable[int]) -> list[Event]:
    """Return what is to be asked of Bungie about the people in new instances, everything once."""
    people = set(newcomers)
    characters: set[tuple[int, int]] = set()
    for instance in instances:
        for player in instance.players:
            if player.membership_type is None:
                people.add(player.membership_id)
            characters |= {
                (player.membership_id, character.character_id)
                for character in player.characters
                if character.class_hash is None
            }
    missing = [ClassMissingEvent(membership_id=m, character_id=c) for m, c in sorted(characters)]
    return [*(PlayerWantedEvent(membership_id=member) for member in sorted(people)), *missing]


def looks(new: Sequence[int], displaced: Collection[int]) -> list[Event]:
    """Return who is to look at new instances, and at those whose first clears were displaced."""
    changed = InstancesChangedEvent(instance_ids=(*new, *sorted(displaced)))
    return [CheatCheckEvent(instance_ids=tuple(new)), changed]


def decompress(data: bytes) -> bytes:
    """Return the bytes of a report that ``compress`` made."""
    return gzip.decompress(data)


async def _write(tx: Tx, instances: Sequence[Instance]) -> list[int]:
    """Write new instances; return who cleared a raid for the first time in one of them."""
    members = {player.membership_id for instance in instances for player in instance.players}
    await queries.raids.meet(tx, membership_ids=list(members))
    lost = await _lock(tx, list(members), instances)
    found = await queries.raids.write(
        tx,
        instances=instances,
        lost_instance_ids=[instance_id for instance_id, _ in lost],
        lost_membership_ids=[membership_id for _, membership_id in lost],
    )
    await outbox.emit_all(tx, looks([one.instance_id for one in instances], {one for one, _ in lost}))
    return [row.membership_id for row in found]


async def _lock(tx: Tx, members: list[int], instances: Sequence[Instance]) -> set[tuple[int, int]]:
    """Lock the players of ``instances`` and of what these displace; return the displaced first clears.

    Who else is to be locked is only sure once the players are; and all must be locked in one order. So it is
    guessed first, and if somebody was faster the locks are given back for another try.
    """
    lost = await _displaced(tx, instances)
    while True:
        guessed = {instance_id for instance_id, _ in lost}
        try:
            async with tx.savepoint():
                await queries.raids.lock_players(tx, membership_ids=members, instance_ids=list(guessed))
                lost = await _displaced(tx, instances)
                if not guessed.issuperset(instance_id for instance_id, _ in lost):
                    raise _MoreToLock
        except _MoreToLock:
            continue
        return lost


async def _displaced(tx: Tx, instances: Sequence[Instance]) -> set[tuple[int, int]]:
    clears = [
        (player.membership_id, instance.hash, instance.date_completed, instance.instance_id)
        for instance in instances
        for player in instance.players
        if player.finished
    ]
    found = await queries.raids.displaced(
        tx,
        membership_ids=[clear[0] for clear in clears],
        hashes=[clear[1] for clear in clears],
        dates_completed=[clear[2] for clear in clears],
        instance_ids=[clear[3] for clear in clears],
    )
    return {(row.instance_id, row.membership_id) for row in found}


def _head(instance: Instance) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in _HEAD}
