"""How a playtest gets its thread, who votes in it, and how it ends; every verdict is one transaction."""

from typing import Final

from msgspec import UNSET

from genjilib import queries
from genjilib.broker import outbox
from genjilib.completions.types import VerificationMessageDeleteEvent
from genjilib.core.errors import Conflict, Forbidden, Invalid, NotFound
from genjilib.core.values import MIDPOINTS, Difficulty, XpType
from genjilib.db import Db, Executor, Tx
from genjilib.jobs import rules as jobs
from genjilib.lootbox import rules as lootbox
from genjilib.lootbox.types import XP_AMOUNTS, XpGrantRequest
from genjilib.maps import rules as maps
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedNewMap
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.playtests.types import (
    PlaytestApprovedEvent,
    PlaytestForceAcceptedEvent,
    PlaytestForceDeniedEvent,
    PlaytestForceDenyRequest,
    PlaytestPatchRequest,
    PlaytestResetEvent,
    PlaytestResetRequest,
    PlaytestVoteCastEvent,
    PlaytestVoteRemovedEvent,
    PlaytestVotesResponse,
    PlaytestVoteWithUser,
)
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.playtests import LockRow, PlaytestResponse, StateRow

_KEPT: Final = ("thread_id", "verification_id", "completed")


async def get(db: Executor, thread_id: int) -> PlaytestResponse:
    """Return the playtest of a thread; ``NotFound`` when there is none."""
    found = await queries.playtests.get(db, thread_id=thread_id)
    if found is None:
        raise not_found(thread_id)
    return found


async def state(db: Executor, thread_id: int) -> StateRow | None:
    """Return where the playtest of a thread stands; nothing when there is none."""
    return await queries.playtests.state(db, thread_id=thread_id)


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


async def patch(db: Db, thread_id: int, changes: PlaytestPatchRequest) -> None:
    """Change the given fields of a playtest; ``NotFound`` for an unknown thread, ``Invalid`` for no fields.

    A thread in which somebody voted cannot be exchanged: that is a ``Conflict``.
    """
    given = {
        name: value for name in changes.__struct_fields__ if (value := getattr(changes, name)) is not UNSET
    }
    if not given:
        raise Invalid("At least one field must be given.", code="nothing-to-change")
    kept = {
        ("new_thread_id" if name == "thread_id" else name): given[name] for name in _KEPT if name in given
    }
    if not await queries.playtests.patch(db, thread_id=thread_id, **kept):
        raise not_found(thread_id)


async def votes(db: Executor, thread_id: int) -> PlaytestVotesResponse:
    """Return the votes of a thread and their average; none and 0 for a thread without votes."""
    rows = await queries.playtests.votes(db, thread_id=thread_id)
    cast = [PlaytestVoteWithUser(row.user_id, row.name, row.difficulty) for row in rows]
    return PlaytestVotesResponse(cast, rows[0].average if rows else 0)


async def tally(db: Executor, thread_id: int) -> dict[str, int]:
    """Return what the chart of a thread shows, votes by difficulty; ``NotFound`` without a playtest."""
    rows = await queries.playtests.tally(db, thread_id=thread_id)
    if not rows:
        raise not_found(thread_id)
    return {row.difficulty: row.amount for row in rows}


async def vote(db: Db, thread_id: int, user_id: int, difficulty: float) -> JobStatusResponse:
    """Keep a player's vote, from 0 to 10, in place of an earlier one, and show it in the thread.

    Raises ``Invalid`` for a player without a verified run of the map, ``NotFound`` for an unknown thread and
    ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        if not await queries.playtests.vote(tx, thread_id=thread_id, user_id=user_id, difficulty=difficulty):
            await _refuse_unless_open(tx, thread_id)
        event = PlaytestVoteCastEvent(voter_id=user_id, difficulty_value=difficulty, thread_id=thread_id)
        return jobs.queued(await outbox.emit_job(tx, event))


async def check_voter(db: Executor, thread_id: int, user_id: int) -> None:
    """Raise ``Forbidden`` for a creator of the map; Discord's voters are not to judge their own."""
    known = await state(db, thread_id)
    if known is not None and user_id in known.creator_ids:
        raise Forbidden("Creators do not vote on their own map.", code="own-map")


async def unvote(db: Db, thread_id: int, user_id: int) -> JobStatusResponse:
    """Take a player's vote back; ``Invalid`` when there is none, ``Conflict`` when the playtest is over."""
    async with db.transaction() as tx:
        if not await queries.playtests.unvote(tx, thread_id=thread_id, user_id=user_id):
            known = await state(tx, thread_id)
            if known is not None and known.completed:
                raise _over()
            raise Invalid("There is no such vote.", code="vote-not-found")
        event = PlaytestVoteRemovedEvent(voter_id=user_id, thread_id=thread_id)
        return jobs.queued(await outbox.emit_job(tx, event))


async def clear_votes(db: Db, thread_id: int, *, by: int | None) -> None:
    """Take all votes out of a thread as the moderator ``by``, or as a service, which is none.

    Raises ``Conflict`` when its playtest is over; nothing happens to an unknown one.
    """
    async with db.transaction() as tx:
        playtest = await queries.playtests.lock(tx, thread_id=thread_id)
        if playtest is not None and playtest.completed:
            raise _over()
        await queries.playtests.clear(tx, thread_id=thread_id)
        if playtest is not None:
            await _keep(tx, playtest, by, "playtests.clear_votes")


async def toggle_finalize(db: Db, thread_id: int, moderator_id: int) -> bool:
    """Let creators ask for the verdict with fewer votes than are needed, or no longer; return which.

    Raises ``NotFound``, or ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        playtest = await _locked(tx, thread_id)
        allowed = await queries.playtests.toggle_finalize(tx, playtest_id=playtest.id)
        action = "playtests.allow_finalizing" if allowed else "playtests.forbid_finalizing"
        await _keep(tx, playtest, moderator_id, action)
        return allowed


async def note_enough_votes(db: Db, playtest_id: int, message_id: int) -> None:
    """Keep which message said that a playtest has the votes it needs."""
    await queries.playtests.note_enough_votes(db, playtest_id=playtest_id, message_id=message_id)


async def approve(db: Db, thread_id: int, verifier_id: int, *, cdn_url: str) -> JobStatusResponse:
    """Accept a playtest's map with the average of its votes, exactly; the label follows from it.

    All that ``force_accept`` brings comes with it. Raises ``NotFound``, ``Conflict`` when the playtest is
    over, or ``Invalid`` for a playtest without votes and a map without code or creator.
    """
    async with db.transaction() as tx:
        playtest = await _locked(tx, thread_id)
        ballot = await queries.playtests.ballot(tx, thread_id=thread_id)
        if ballot.average is None:
            raise Invalid("A playtest without votes cannot be approved.", code="no-votes")
        if playtest.code is None or not playtest.creator_ids:
            raise Invalid("The map has no code or no creator.", code="map-incomplete")
        await _hold_rewarded(tx, playtest, ballot.voter_ids or [])
        difficulty = await queries.playtests.accept(
            tx, playtest_id=playtest.id, raw_difficulty=ballot.average
        )
        await _accepted(tx, playtest, ballot.voter_ids or [], difficulty, cdn_url)
        await _keep(tx, playtest, verifier_id, "playtests.approve")
        event = PlaytestApprovedEvent(
            verifier_id=verifier_id,
            difficulty=difficulty,
            thread_id=thread_id,
            primary_creator_id=playtest.creator_ids[0],
            code=playtest.code,
        )
        return jobs.queued(await outbox.emit_job(tx, event))


async def force_accept(
    db: Db, thread_id: int, difficulty: Difficulty, verifier_id: int, *, cdn_url: str
) -> JobStatusResponse:
    """Accept a playtest's map with a moderator's difficulty.

    Creators and voters get their XP, creators a notification, the newsfeed an entry, all in one transaction;
    the event closes the thread in Discord. Raises ``NotFound``, or ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        playtest = await _locked(tx, thread_id)
        ballot = await queries.playtests.ballot(tx, thread_id=thread_id)
        await _hold_rewarded(tx, playtest, ballot.voter_ids or [])
        await queries.playtests.accept(tx, playtest_id=playtest.id, raw_difficulty=MIDPOINTS[difficulty])
        await _accepted(tx, playtest, ballot.voter_ids or [], difficulty, cdn_url)
        await _keep(tx, playtest, verifier_id, "playtests.force_accept")
        event = PlaytestForceAcceptedEvent(
            difficulty=difficulty, verifier_id=verifier_id, thread_id=thread_id
        )
        return jobs.queued(await outbox.emit_job(tx, event))


async def force_deny(db: Db, thread_id: int, verdict: PlaytestForceDenyRequest) -> JobStatusResponse:
    """Reject a playtest's map and hide it; its creators are told why.

    Raises ``NotFound``, or ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        playtest = await _locked(tx, thread_id)
        await queries.playtests.deny(tx, playtest_id=playtest.id)
        body = f"Your map {playtest.code} was rejected.{_because(verdict.reason)}"
        await _tell_creators(tx, playtest, "Map rejected", body)
        await _keep(tx, playtest, verdict.verifier_id, "playtests.force_deny", verdict.reason)
        event = PlaytestForceDeniedEvent(
            verifier_id=verdict.verifier_id, reason=verdict.reason, thread_id=thread_id
        )
        return jobs.queued(await outbox.emit_job(tx, event))


async def reset(db: Db, thread_id: int, wish: PlaytestResetRequest) -> JobStatusResponse:
    """Start a playtest over: it stays open, without its votes and without the runs since it began, as wished.

    Raises ``NotFound``, or ``Conflict`` when the playtest is over.
    """
    async with db.transaction() as tx:
        playtest = await _locked(tx, thread_id)
        if wish.remove_votes:
            await queries.playtests.clear(tx, thread_id=thread_id)
        if wish.remove_completions:
            for row in await queries.playtests.remove_runs(tx, playtest_id=playtest.id):
                await outbox.emit(tx, VerificationMessageDeleteEvent(verification_id=row.verification_id))
        body = f"The playtest of your map {playtest.code} starts over.{_because(wish.reason)}"
        await _tell_creators(tx, playtest, "Playtest reset", body)
        await _keep(tx, playtest, wish.verifier_id, "playtests.reset", wish.reason)
        event = PlaytestResetEvent(
            verifier_id=wish.verifier_id,
            reason=wish.reason,
            remove_votes=wish.remove_votes,
            remove_completions=wish.remove_completions,
            thread_id=thread_id,
        )
        return jobs.queued(await outbox.emit_job(tx, event))


def not_found(thread_id: int) -> NotFound:
    """Return the error for a thread that has no playtest."""
    return NotFound("Playtest not found.", code="playtest-not-found", extra={"thread_id": thread_id})


def _over() -> Conflict:
    return Conflict("This playtest is over already.", code="playtest-over")


def _because(reason: str) -> str:
    return f" Reason: {reason}" if reason else ""


async def _locked(tx: Tx, thread_id: int) -> LockRow:
    """Lock an open playtest, so that its votes stay as they are until the verdict is written."""
    playtest = await queries.playtests.lock(tx, thread_id=thread_id)
    if playtest is None:
        raise not_found(thread_id)
    if playtest.completed:
        raise _over()
    return playtest


async def _keep(
    tx: Tx, playtest: LockRow, actor_id: int | None, action: str, reason: str | None = None
) -> None:
    await queries.audit.record(tx, actor_id=actor_id, action=action, subject_id=playtest.id, reason=reason)


async def _refuse_unless_open(tx: Tx, thread_id: int) -> None:
    raise not_found(thread_id) if await state(tx, thread_id) is None else _over()


async def _hold_rewarded(tx: Tx, playtest: LockRow, voter_ids: list[int]) -> None:
    """Lock who gets XP before the map changes, for that changes their standing, and XP comes user first."""
    for user_id in sorted({*playtest.creator_ids, *voter_ids}):
        await queries.users.lock(tx, user_id=user_id)


async def _accepted(
    tx: Tx, playtest: LockRow, voter_ids: list[int], difficulty: Difficulty, cdn_url: str
) -> None:
    await _reward(tx, playtest, voter_ids)
    # Its runs count for the ranks of its players from now on.
    await maps.follow_roles(tx, [playtest.map_id], also=playtest.creator_ids)
    if playtest.code is not None:
        body = f"Your map {playtest.code} was accepted as {difficulty}."
        await _tell_creators(tx, playtest, "Map accepted", body)
        await _announce(tx, playtest, playtest.code, difficulty, cdn_url)


async def _reward(tx: Tx, playtest: LockRow, voter_ids: list[int]) -> None:
    # In the order of their ids: whoever else gives XP to several users locks them in the same order.
    grants: list[tuple[int, XpType]] = []
    grants.extend((user_id, "Map Submission") for user_id in playtest.creator_ids)
    grants.extend((user_id, "Playtest") for user_id in voter_ids)
    for user_id, kind in sorted(grants):
        await lootbox.grant_xp(tx, user_id, XpGrantRequest(XP_AMOUNTS[kind], kind, playtest.code))


async def _tell_creators(tx: Tx, playtest: LockRow, title: str, body: str) -> None:
    for user_id in playtest.creator_ids:
        await notifications.notify(tx, NotificationCreateRequest(user_id, "playtest_update", title, body))


async def _announce(tx: Tx, playtest: LockRow, code: str, difficulty: Difficulty, cdn_url: str) -> None:
    await newsfeed.publish(
        tx,
        NewsfeedNewMap(
            code=code,
            map_name=playtest.map_name,
            difficulty=difficulty,
            creators=playtest.creator_names,
            title=playtest.title,
            banner_url=maps.banner_of(playtest.map_name, playtest.custom_banner, cdn_url),
            official=playtest.official,
        ),
    )
