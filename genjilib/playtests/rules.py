"""How a playtest gets its thread and how it ends."""

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Conflict, NotFound
from genjilib.core.values import MIDPOINTS, Difficulty
from genjilib.db import Db, Executor, Tx
from genjilib.jobs import rules as jobs
from genjilib.lootbox import rules as lootbox
from genjilib.lootbox.types import XP_AMOUNTS, XpGrantRequest, XpType
from genjilib.maps import rules as maps
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedNewMap
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.playtests.types import PlaytestForceAcceptedEvent
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.playtests import LockRow, PlaytestResponse


async def get(db: Executor, thread_id: int) -> PlaytestResponse:
    """Return the playtest of a thread; ``NotFound`` when there is none."""
    found = await queries.playtests.get(db, thread_id=thread_id)
    if found is None:
        raise not_found(thread_id)
    return found


async def has_thread(db: Executor, playtest_id: int) -> bool:
    """Tell whether a playtest needs no thread any more: it has one, or it is gone."""
    known = await queries.playtests.by_id(db, playtest_id=playtest_id)
    return known is None or known.thread_id is not None


async def associate(db: Db, playtest_id: int, thread_id: int) -> PlaytestResponse:
    """Give a playtest its thread and let its map be seen.

    Doing it again with the same thread changes nothing; another thread is a ``Conflict``.
    """
    async with db.transaction() as tx:
        if await queries.playtests.associate(tx, playtest_id=playtest_id, thread_id=thread_id):
            return await get(tx, thread_id)
        if await queries.playtests.by_id(tx, playtest_id=playtest_id) is None:
            raise NotFound(
                "Playtest not found.", code="playtest-not-found", extra={"playtest_id": playtest_id}
            )
        raise Conflict("This playtest has a thread already.", code="thread-exists")


async def force_accept(
    db: Db, thread_id: int, difficulty: Difficulty, verifier_id: int, *, cdn_url: str
) -> JobStatusResponse:
    """Accept a playtest's map with a moderator's difficulty.

    Creators and voters get their XP, creators a notification, the newsfeed an entry, all in one transaction;
    the event closes the thread in Discord. Raises ``NotFound``, or ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        playtest = await queries.playtests.lock(tx, thread_id=thread_id)
        if playtest is None:
            raise not_found(thread_id)
        if playtest.completed:
            raise Conflict("This playtest is over already.", code="playtest-over")
        await queries.playtests.accept(tx, playtest_id=playtest.id, raw_difficulty=MIDPOINTS[difficulty])
        await _reward(tx, playtest)
        await _announce(tx, playtest, difficulty, cdn_url)
        event = PlaytestForceAcceptedEvent(
            difficulty=difficulty, verifier_id=verifier_id, thread_id=thread_id
        )
        return jobs.queued(await outbox.emit_job(tx, event))


def not_found(thread_id: int) -> NotFound:
    """Return the error for a thread that has no playtest."""
    return NotFound("Playtest not found.", code="playtest-not-found", extra={"thread_id": thread_id})


async def _reward(tx: Tx, playtest: LockRow) -> None:
    # In the order of their ids: whoever else gives XP to several users locks them in the same order.
    grants: list[tuple[int, XpType]] = []
    grants.extend((user_id, "Map Submission") for user_id in playtest.creator_ids)
    grants.extend((user_id, "Playtest") for user_id in playtest.voter_ids)
    for user_id, kind in sorted(grants):
        await lootbox.grant_xp(tx, user_id, XpGrantRequest(XP_AMOUNTS[kind], kind, playtest.code))


async def _announce(tx: Tx, playtest: LockRow, difficulty: Difficulty, cdn_url: str) -> None:
    if playtest.code is None:
        return
    for user_id in playtest.creator_ids:
        body = f"Your map {playtest.code} was accepted as {difficulty}."
        await notifications.notify(
            tx, NotificationCreateRequest(user_id, "playtest_update", "Map accepted", body)
        )
    await newsfeed.publish(
        tx,
        NewsfeedNewMap(
            code=playtest.code,
            map_name=playtest.map_name,
            difficulty=difficulty,
            creators=playtest.creator_names,
            title=playtest.title,
            banner_url=maps.banner_of(playtest.map_name, playtest.custom_banner, cdn_url),
            official=playtest.official,
        ),
    )
