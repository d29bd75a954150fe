"""Dead letters: look at them, send them again as they are or edited, set them aside; with a record of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from genjilib import queries
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.events import Event
from genjilib.db import Db, Tx
from genjilib.queries.messages import (
    CountDeadRow,
    EditRow,
    GetDeadRow,
    HoldDeadRow,
    ListActionsRow,
    ListDeadRow,
    ListFailuresRow,
    ListLivesRow,
    ReplayRow,
)

BATCH = 500

State = Literal["dead", "replayed", "discarded", "applied"]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which dead letters are meant; what is ``None`` matches everything.

    ``where`` maps paths in the body (``map.code``) to the text of their value.
    """

    ids: tuple[int, ...] | None = None
    queue: str | None = None
    type: str | None = None
    error: str | None = None
    state: State | None = "dead"
    died_before: datetime | None = None
    died_after: datetime | None = None
    where: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is known about a dead letter: itself, its tries, and the lives of the same message."""

    letter: GetDeadRow
    failures: list[ListFailuresRow]
    lives: list[ListLivesRow]


@dataclass(slots=True)
class Replay:
    """What a replay did: sent again, found applied already, and how it ended."""

    action_id: int
    replayed: int = 0
    applied: int = 0
    outcome: str = "interrupted"


Change = Callable[[bytes], bytes]
"""Makes a new body of an old one; raises ``Invalid`` when it cannot."""

EventOf = Callable[[str], type[Event]]
"""Names the type of a queue's messages; raises ``Invalid`` when it is not known."""


@dataclass(slots=True)
class Edit:
    """What an edit did, or would do: sent with new bodies, and left because theirs would not fit, with why.

    ``message_ids`` are those of the last batch, ``sample`` is the first new body of a preview.
    """

    action_id: int | None = None
    edited: int = 0
    unfit: int = 0
    reason: str | None = None
    message_ids: list[str] = field(default_factory=list[str])
    sample: bytes | None = None
    outcome: str = "interrupted"


@dataclass(frozen=True, slots=True)
class Manner:
    """How to replay: at most ``rate`` messages a second and ``limit`` in all.

    ``in_order`` sends the next one only when the last took effect or died again, for which it waits up to
    ``patience`` seconds. ``stop_after_failures`` ends the replay when so many died again.
    """

    rate: float | None = None
    limit: int | None = None
    in_order: bool = False
    stop_after_failures: int | None = None
    patience: float = 60


async def count(db: Db, chosen: Filter) -> list[CountDeadRow]:
    """Count by queue and error, with what a replay would meet; changes nothing."""
    return await queries.messages.count_dead(db, filter=_members(chosen))


async def find(db: Db, chosen: Filter, *, limit: int = 50) -> list[ListDeadRow]:
    """List the newest; changes nothing."""
    return await queries.messages.list_dead(
        db, filter=_members(chosen), n=limit, state=chosen.state or UNSET, queue=chosen.queue or UNSET
    )


async def show(db: Db, letter_id: int) -> Shown:
    """Return everything about one; changes nothing."""
    letter = await _get(db, letter_id)
    failures: list[ListFailuresRow] = []
    if letter.message_id is not None:
        failures = await queries.messages.list_failures(db, message_id=letter.message_id)
    return Shown(letter, failures, await queries.messages.list_lives(db, id=letter_id))


async def actions(db: Db, *, limit: int = 50) -> list[ListActionsRow]:
    """List what was done to dead letters, newest first."""
    return await queries.messages.list_actions(db, n=limit)


async def replay(
    db: Db,
    chosen: Filter,
    who: str,
    manner: Manner | None = None,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Replay:
    """Send dead letters again with their old ids; those whose effect is there already are only marked.

    Each batch moves in one transaction, so an interrupted replay is continued by calling it again.
    """
    manner = manner or Manner()
    action = await queries.messages.begin_action(
        db, who=who, what="replay", filter=_members(chosen), reason=None
    )
    result = Replay(action)
    try:
        result.outcome = await _replay_all(db, chosen, manner, result, advance)
    finally:
        await queries.messages.end_action(db, id=action, outcome=result.outcome)
    return result


async def preview_edit(db: Db, chosen: Filter, change: Change, event_of: EventOf) -> Edit:
    """Tell what ``edit`` would do, with the first new body; changes nothing."""
    result, after = Edit(), 0
    while True:
        async with db.transaction() as tx:
            rows = await queries.messages.hold_dead(tx, filter=_members(chosen), after=after, n=BATCH)
        if not rows:
            return result
        after = rows[-1].id
        fitting = _fitting(rows, change, event_of, result)
        result.edited += len(fitting)
        if result.sample is None and fitting:
            result.sample = msgspec.json.encode(fitting[0][1])


async def edit(
    db: Db,
    chosen: Filter,
    change: Change,
    event_of: EventOf,
    who: str,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Edit:
    """Send dead letters again with the bodies that ``change`` makes of theirs, under new ids.

    ``event_of`` names the type that the bodies of a queue must have; letters stay dead whose new body has
    another. Each batch moves in one transaction. Raises ``NotFound`` for a number there is not, ``Conflict``
    for one that was dealt with already.
    """
    for letter_id in chosen.ids or ():
        letter = await _get(db, letter_id)
        if letter.state != "dead":
            raise Conflict(f"Dead letter {letter_id} was dealt with already: it is {letter.state}.")
    action = await queries.messages.begin_action(
        db, who=who, what="edit", filter=_members(chosen), reason=None
    )
    result, after = Edit(action), 0
    try:
        while True:
            async with db.transaction() as tx:
                rows = await queries.messages.hold_dead(tx, filter=_members(chosen), after=after, n=BATCH)
                if not rows:
                    break
                after = rows[-1].id
                fitting = _fitting(rows, change, event_of, result)
                sent = await _send_edited(tx, fitting, action)
            result.edited += len(sent)
            result.message_ids = [str(row.message_id) for row in sent]
            advance(len(rows))
        result.outcome = f"done; {result.unfit} did not fit" if result.unfit else "done"
    finally:
        await queries.messages.end_action(db, id=action, outcome=result.outcome)
    return result


def check(body: bytes, event: type[Event]) -> Event:
    """Decode a new body; raise ``Invalid`` when it is no ``event``."""
    try:
        return msgspec.json.decode(body, type=event)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid(f"The new body is no {event.__name__}: {error}.") from None


async def discard(
    db: Db, chosen: Filter, who: str, reason: str, *, advance: Callable[[int], None] = lambda _: None
) -> int:
    """Set dead letters aside; they stay to be looked at. Returns how many."""
    action = await queries.messages.begin_action(
        db, who=who, what="discard", filter=_members(chosen), reason=reason
    )
    total, outcome = 0, "interrupted"
    try:
        members = _members(chosen)
        while done := await queries.messages.discard(db, filter=members, n=BATCH, action_id=action):
            total += done
            advance(done)
        outcome = "done"
    finally:
        await queries.messages.end_action(db, id=action, outcome=outcome)
    return total


async def _replay_all(
    db: Db, chosen: Filter, manner: Manner, result: Replay, advance: Callable[[int], None]
) -> str:
    started = monotonic()
    while True:
        rows = await _replay_batch(db, chosen, _room(manner, result), result.action_id)
        if not rows:
            return "done"
        moved = [row for row in rows if not row.applied]
        result.replayed += len(moved)
        result.applied += len(rows) - len(moved)
        advance(len(rows))
        if manner.in_order and moved and not await _outcome_known(db, moved[0].id, manner.patience):
            return f"stopped: dead letter {moved[0].id} was neither applied nor dead within the time to wait"
        if manner.stop_after_failures is not None:
            again = await queries.messages.count_dead_again(db, action_id=result.action_id)
            if again >= manner.stop_after_failures:
                return f"stopped: {again} died again"
        if manner.rate:
            await asyncio.sleep(started + result.replayed / manner.rate - monotonic())


def _room(manner: Manner, result: Replay) -> int:
    room = 1 if manner.in_order else BATCH
    if manner.rate:
        room = min(room, max(1, round(manner.rate / 10)))
    if manner.limit is not None:
        room = min(room, manner.limit - result.replayed - result.applied)
    return room


async def _replay_batch(db: Db, chosen: Filter, room: int, action: int) -> list[ReplayRow]:
    if room <= 0:
        return []
    async with db.transaction() as tx:
        rows = await queries.messages.replay(tx, filter=_members(chosen), n=room, action_id=action)
        if rows:
            await queries.messages.wake(tx)
    return rows


def _fitting(
    rows: Sequence[HoldDeadRow], change: Change, event_of: EventOf, result: Edit
) -> list[tuple[int, Event]]:
    """Change the bodies; note how many do not fit, and why the first does not."""
    fitting: list[tuple[int, Event]] = []
    for row in rows:
        old = row.raw if row.body is None else msgspec.json.format(msgspec.json.encode(row.body))
        try:
            fitting.append((row.id, check(change(old or b""), event_of(row.queue))))
        except Invalid as error:
            result.unfit += 1
            result.reason = result.reason or f"{row.id}: {error.detail}"
    return fitting


async def _send_edited(tx: Tx, fitting: Sequence[tuple[int, Event]], action: int) -> list[EditRow]:
    if not fitting:
        return []
    sent = await queries.messages.edit(
        tx,
        action_id=action,
        ids=[letter_id for letter_id, _ in fitting],
        versions=[event.version for _, event in fitting],
        bodies=[event for _, event in fitting],
        order_keys=[event.order_key() or "" for _, event in fitting],
    )
    await queries.messages.wake(tx)
    return sent


async def _outcome_known(db: Db, letter_id: int, patience: float) -> bool:
    until = monotonic() + patience
    while monotonic() < until:
        found = await queries.messages.find_outcome(db, id=letter_id)
        if found is not None and (found.applied or found.dead_again):
            return True
        await asyncio.sleep(0.05)
    return False


async def _get(db: Db, letter_id: int) -> GetDeadRow:
    letter = await queries.messages.get_dead(db, id=letter_id)
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.", code="no-dead-letter")
    return letter


def _members(chosen: Filter) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(chosen).items() if value is not None}
