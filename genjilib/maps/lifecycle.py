"""What becomes of a map later: archive and back, released code, legacy runs, another playtest."""

from collections.abc import Sequence
from typing import Final

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Conflict, Invalid
from genjilib.core.principal import SYSTEM_USER_ID
from genjilib.core.values import MIDPOINTS, Difficulty
from genjilib.db import Db, Tx
from genjilib.jobs import rules as jobs
from genjilib.maps import rules
from genjilib.maps.types import PlaytestCreatedEvent
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import (
    NewsfeedArchive,
    NewsfeedBulkArchive,
    NewsfeedBulkUnarchive,
    NewsfeedLegacyRecord,
    NewsfeedPayload,
    NewsfeedUnarchive,
)
from genjilib.playtests.types import PlaytestForceDeniedEvent
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.maps import LockRow, MakeLegacyRow

ARCHIVED: Final = "map archived, playtest cancelled"
"""Why a playtest ends when its map is archived."""


async def set_archived(db: Db, codes: Sequence[str], *, archived: bool) -> None:
    """Put maps into the archive, or bring them back; ``NotFound`` for an unknown code, and then none is."""
    async with db.transaction() as tx:
        await archive(tx, codes, archived=archived)


async def archive(tx: Tx, codes: Sequence[str], *, archived: bool) -> None:
    """Do the same within the caller's transaction.

    Open playtests of maps that go into the archive end. The newsfeed tells once of all maps that were not
    there already.
    """
    changed = [row for row in await rules.lock(tx, codes) if row.archived != archived]
    if not changed:
        return
    map_ids = [row.id for row in changed]
    if archived:
        for row in await queries.maps.archive(tx, map_ids=map_ids):
            event = PlaytestForceDeniedEvent(
                verifier_id=SYSTEM_USER_ID, reason=ARCHIVED, thread_id=row.thread_id
            )
            await outbox.emit(tx, event)
    else:
        await queries.maps.unarchive(tx, map_ids=map_ids)
    await rules.follow_roles(tx, map_ids)
    await newsfeed.publish(tx, _news(codes, changed, archived=archived))


async def release_code(db: Db, code: str) -> None:
    """Take an archived map's code away, so that a new map can have it.

    Raises ``NotFound`` for an unknown code and ``Conflict`` for a map that is not archived or that somebody
    wants changed.
    """
    async with db.transaction() as tx:
        (held,) = await rules.lock(tx, [code])
        if not held.archived:
            raise Conflict("Only the code of an archived map can be released.", code="map-not-archived")
        if await queries.maps.has_change_requests(tx, code=code):
            raise Conflict("There are unresolved change requests.", code="unresolved-change-requests")
        await queries.maps.release_code(tx, map_id=held.id)


async def convert_to_legacy(db: Db, code: str, reason: str) -> None:
    """Make a map's runs legacy and take its medals away; the newsfeed tells when there was any of both.

    Raises ``NotFound`` for an unknown code and ``Conflict`` while runs wait for their verdict.
    """
    async with db.transaction() as tx:
        await make_legacy(tx, code, reason)


async def make_legacy(tx: Tx, code: str, reason: str) -> None:
    """Do what ``convert_to_legacy`` does within the caller's transaction."""
    (held,) = await rules.lock(tx, [code])
    done = await _make_legacy(tx, held)
    if done.runs or done.had_medals:
        await newsfeed.publish(tx, NewsfeedLegacyRecord(code, done.runs, reason))


async def send_to_playtest(db: Db, code: str, difficulty: Difficulty) -> JobStatusResponse:
    """Have a map tried again; raises what ``begin_playtest`` raises."""
    async with db.transaction() as tx:
        return await begin_playtest(tx, code, difficulty)


async def begin_playtest(tx: Tx, code: str, difficulty: Difficulty) -> JobStatusResponse:
    """Have a map tried again within the caller's transaction: its runs become legacy, its thread is opened.

    Raises ``NotFound`` for an unknown code, ``Invalid`` for a map in playtest and ``Conflict`` while runs
    wait for their verdict.
    """
    (held,) = await rules.lock(tx, [code])
    if held.playtesting == "In Progress":
        raise Invalid("The map is in playtest already.", code="already-in-playtest", extra={"code": code})
    await _make_legacy(tx, held)
    playtest_id = await queries.maps.begin_playtest(
        tx, map_id=held.id, initial_difficulty=MIDPOINTS[difficulty]
    )
    event = PlaytestCreatedEvent(code=code, playtest_id=playtest_id)
    return jobs.queued(await outbox.emit_job(tx, event))


async def _make_legacy(tx: Tx, held: LockRow) -> MakeLegacyRow:
    if await queries.maps.has_pending(tx, map_id=held.id):
        raise Conflict("Runs of this map wait for their verdict.", code="pending-verifications")
    done = await queries.maps.make_legacy(tx, map_id=held.id)
    await rules.follow_roles(tx, [held.id])
    return done


def _news(codes: Sequence[str], changed: list[LockRow], *, archived: bool) -> NewsfeedPayload:
    """Return the entry about maps; none of the moderators' routes takes a reason."""
    if len(changed) == 1:
        (one,) = changed
        kind = NewsfeedArchive if archived else NewsfeedUnarchive
        return kind(one.code, one.map_name, one.creator_names, one.difficulty, "")
    known = {row.code for row in changed}
    bulk = NewsfeedBulkArchive if archived else NewsfeedBulkUnarchive
    return bulk([code for code in dict.fromkeys(codes) if code in known], "")
