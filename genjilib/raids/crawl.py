"""What the crawler writes: reports and its own state, in one transaction, so that a kill loses nothing."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid
from genjilib.db import Db, Tx
from genjilib.raids.bungie import Fetched, Result
from genjilib.raids.store import Report, compress, store_batch
from genjilib.raids.types import ReportBlockedEvent, ReportFoundEvent

BUFFER: Final = 10_000
"""Ids before the newest stored instance that are crawled again when there is no remembered position."""
FAR_BEHIND: Final = 10_000_000
"""A report that was missing so far behind the newest instance was not alone: its neighbours are asked for."""
NEIGHBOURHOOD: Final = 10_000
"""Ids on either side that are."""
SOON: Final = 15.0
"""Seconds until an id that could not be resolved is tried for the first time again."""
TRIES: Final = 6
"""Tries with growing waits; ``LATE_TRIES`` a quarter of an hour apart follow, then an id is lost."""
LATE_TRIES: Final = 10
LATE: Final = 900.0

Missed = tuple[Result, float | None]


@dataclass
class Findings:
    """Ids that came to an end, by what they came to; ``missed`` with the seconds until the next try or none.

    ``done`` are of other modes, or resolved otherwise without a report.
    """

    reports: list[Report] = field(default_factory=list[Report])
    done: list[int] = field(default_factory=list[int])
    blocked: list[int] = field(default_factory=list[int])
    missed: dict[int, Missed] = field(default_factory=dict[int, Missed])


def sorted_out(answers: Mapping[int, Fetched], wait: Callable[[int], float | None]) -> Findings:
    """Return what is to be written about ids; those without an answer wait as long as ``wait`` tells."""
    findings = Findings()
    for instance_id, fetched in answers.items():
        if fetched.report is not None:
            findings.reports.append(fetched.report)
        elif fetched.result is Result.NON_RAID:
            findings.done.append(instance_id)
        elif fetched.result is Result.INSUFFICIENT_PRIVILEGES:
            findings.blocked.append(instance_id)
        else:
            findings.missed[instance_id] = (fetched.result, wait(instance_id))
    return findings


async def begin(db: Db, start_id: int | None) -> int:
    """Return the id to crawl from; ``Invalid`` when nothing tells it."""
    found = await queries.raids.position(db, buffer=BUFFER)
    if found is None and start_id is None:
        raise Invalid("Nothing was crawled yet: set CRAWLER_START_ID.", code="no-start")
    return max(1, start_id or 1) if found is None else max(1, found)


async def record(db: Db, findings: Findings, *, next_id: int | None = None) -> int:
    """Write findings, and that ``next_id`` is the one to go on from; return how many instances were new."""
    async with db.transaction() as tx:
        new = len(await record_in(tx, findings))
        if next_id is not None:
            await queries.raids.advance(tx, next_id=next_id)
    return new


async def record_range(db: Db, findings: Findings, *, first_id: int, next_id: int) -> int:
    """Write what was found in the range of ``first_id`` up to below ``next_id``; return how much was new."""
    async with db.transaction() as tx:
        new = await record_in(tx, findings)
        await queries.raids.look_through(tx, first_id=first_id, next_id=next_id)
    return len(new)


async def jump(db: Db, first_id: int, next_id: int) -> None:
    """Go on at ``next_id``; the ids from ``first_id`` on are a range to look through later."""
    async with db.transaction() as tx:
        if next_id > first_id:
            await queries.raids.open_gap(tx, first_id=first_id, last_id=next_id - 1)
        await queries.raids.advance(tx, next_id=next_id)


async def look_through(db: Db, first_id: int, last_id: int) -> int:
    """Have the crawler ask for a range of ids once it has nothing else to try; return how many they are."""
    await queries.raids.open_gap(db, first_id=first_id, last_id=last_id)
    return last_id - first_id + 1


async def want_neighbours(tx: Tx, instance_ids: Collection[int]) -> None:
    """Have the neighbours of instances looked through that were missing until now, far behind the newest."""
    if instance_ids:
        await queries.raids.open_gaps_around(
            tx, instance_ids=sorted(instance_ids), behind=FAR_BEHIND, around=NEIGHBOURHOOD
        )


async def take_missed(db: Db, n: int) -> dict[int, int]:
    """Take ids that are due for another try; each with the number of that try, from 1."""
    return {row.instance_id: row.attempts for row in await queries.raids.take_missed(db, n=n)}


async def hand_on(tx: Tx, findings: Findings) -> None:
    """Write findings, but leave reports to whoever stores wanted ones."""
    events = [
        ReportFoundEvent(instance_id=report.instance.instance_id, report=compress(report.raw))
        for report in findings.reports
    ]
    await outbox.emit_all(tx, events)
    findings.reports.clear()
    await record_in(tx, findings)


def wait_after(attempt: int) -> float | None:
    """Return the seconds from a failed try to the next, 0 being the crawler's own; nothing after the last."""
    if attempt == 0:
        return SOON
    if attempt < TRIES:
        return attempt * (2 * attempt + random.uniform(0, 5 * attempt))  # noqa: S311  # only spreads
    return LATE if attempt < TRIES + LATE_TRIES else None


async def record_in(tx: Tx, findings: Findings) -> frozenset[int]:
    """Write findings in the caller's transaction; return the instances that were new."""
    stored = await store_batch(tx, findings.reports) if findings.reports else None
    missed = dict(findings.missed)
    if stored is not None:
        # An activity nobody knows yet: its rows come with a migration, until then it is tried again.
        missed |= dict.fromkeys(stored.unknown, (Result.SUCCESS, LATE))
    settled = [r.instance.instance_id for r in findings.reports if r.instance.instance_id not in missed]
    if settled or findings.done:
        await queries.raids.settle(tx, instance_ids=[*settled, *findings.done])
    if missed:
        await _miss(tx, missed)
    if findings.blocked:
        hidden = await queries.raids.block(tx, instance_ids=findings.blocked)
        await outbox.emit_all(tx, [ReportBlockedEvent(instance_id=row.instance_id) for row in hidden])
    return stored.new if stored else frozenset()


async def _miss(tx: Tx, missed: Mapping[int, Missed]) -> None:
    await queries.raids.miss(
        tx,
        instance_ids=list(missed),
        states=["lost" if after is None else "missed" for _, after in missed.values()],
        results=[result.name.lower() for result, _ in missed.values()],
        afters=[after or 0.0 for _, after in missed.values()],
    )
