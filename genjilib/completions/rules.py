"""Which runs are taken, all that follows from a verdict, and what others think of a run."""

from typing import Final

from msgspec import UNSET

from genjilib import queries
from genjilib.broker import outbox
from genjilib.completions.types import (
    AutoverificationRequestedEvent,
    CompletionCreatedEvent,
    CompletionCreateRequest,
    CompletionPatchRequest,
    CompletionSubmissionJobResponse,
    CompletionVerificationUpdateRequest,
    FailedAutoverifyEvent,
    QualityUpdateRequest,
    UpvoteCreateRequest,
    UpvoteSubmissionJobResponse,
    UpvoteUpdateEvent,
    VerificationChangedEvent,
    VerificationMessageDeleteEvent,
)
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.principal import SYSTEM_USER_ID
from genjilib.core.text import format_run_time
from genjilib.core.values import as_stored
from genjilib.db import Db, Executor, Tx
from genjilib.jobs import rules as jobs
from genjilib.lootbox import rules as lootbox
from genjilib.lootbox.types import XP_AMOUNTS, XpGrantRequest
from genjilib.maps import rules as maps
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedRecord
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest, NotificationType
from genjilib.ocr import Extracted
from genjilib.queries.completions import (
    CompletionSubmissionResponse,
    EvidenceRow,
    JudgeRow,
    LockRow,
    RewardRow,
    TargetRow,
)
from genjilib.queries.jobs import JobStatusResponse
from genjilib.users import rules as users

AUTO_REASON: Final = "Auto Verified by Genji Shimada."

UPVOTES_SHOWN: Final = 10
"""A run is shown around each time it got so many more upvotes."""


async def submit(
    db: Db, run: CompletionCreateRequest, *, quality: int | None = None, read: bool = False
) -> CompletionSubmissionJobResponse:
    """Record a run and show it to the moderators; with ``quality``, 1 to 6, the player also rates the map.

    With ``read`` the screenshot of a run without video is read first, unless a run of the player is flagged;
    there is no job to follow then, and the moderators see only what the screenshot does not prove.
    A faster waiting run of the same player makes it ``Invalid``; a slower one is replaced. A run that is not
    faster than the player's verified one is ``Invalid``, an unknown or archived map ``NotFound``.
    """
    time = stored_time(run.time)
    async with db.transaction() as tx:
        # One player's submissions wait for each other here, so two at once cannot both miss the other's row.
        if await queries.users.lock(tx, user_id=run.user_id) is None:
            raise users.not_found(run.user_id)
        place = await target(tx, run.code, run.user_id)
        await _supersede(tx, place, time)
        completion_id = await queries.completions.submit(
            tx,
            map_id=place.map_id,
            user_id=run.user_id,
            time=time,
            screenshot=run.screenshot,
            video=run.video or None,
            partial=place.playtesting == "In Progress" or not run.video or not place.official,
        )
        if quality is not None:
            await queries.maps.rate(tx, code=run.code, user_id=run.user_id, quality=quality)
        if read and not run.video and not await queries.completions.flagged(tx, user_id=run.user_id):
            await outbox.emit(tx.closing, AutoverificationRequestedEvent(completion_id=completion_id))
            return CompletionSubmissionJobResponse(None, completion_id)
        job_id = await outbox.emit_job(tx.closing, CompletionCreatedEvent(completion_id=completion_id))
    return CompletionSubmissionJobResponse(jobs.queued(job_id), completion_id)


async def target(db: Executor, code: str, user_id: int) -> TargetRow:
    """Return the map that runs of ``code`` go to; ``NotFound`` when it is unknown or archived."""
    found = await queries.completions.target(db, code=code, user_id=user_id)
    if found is None or found.archived:
        raise maps.not_found(code)
    return found


async def submission(db: Executor, completion_id: int) -> CompletionSubmissionResponse:
    """Return a run as a moderator judges it; ``NotFound`` when there is none."""
    found = await queries.completions.submission(db, completion_id=completion_id)
    if found is None:
        raise not_found(completion_id)
    return found


async def verify(
    db: Db, completion_id: int, verdict: CompletionVerificationUpdateRequest
) -> JobStatusResponse:
    """Judge a waiting run, with everything the verdict brings, in one transaction.

    Raises ``NotFound`` for an unknown run and ``Conflict`` when somebody judged it before.
    """
    async with db.transaction() as tx:
        job = await _judge(tx, completion_id, verdict, closing=True)
        if job is None:
            raise await _not_waiting(tx, completion_id)
        return job


async def verify_by_screenshot(tx: Tx, claim: EvidenceRow, shown: Extracted | None) -> None:
    """Accept a waiting run whose screenshot shows its code, its exact time and a name of its player.

    Any other run goes to the moderators and its player is told; ``shown`` is null when nothing could be
    read. Within the caller's transaction; nothing happens to a run that was judged in the meantime.
    """
    run = await lock(tx, claim.id)
    if run is None or run.verified_by is not None or run.verified:
        return
    if shown is not None:
        code, time = shown.code == run.code, shown.time == run.time
        user = shown.name is not None and shown.name.upper() in claim.names
        if code and time and user:
            await _judge(tx, run.id, CompletionVerificationUpdateRequest(SYSTEM_USER_ID, True, AUTO_REASON))
            return
        await outbox.emit(
            tx,
            FailedAutoverifyEvent(
                submitted_code=claim.code,
                submitted_time=claim.time,
                submitted_user_names=claim.names,
                user_id=claim.user_id,
                extracted=shown,
                code_match=code,
                time_match=time,
                user_match=user,
                screenshot=claim.screenshot,
            ),
        )
    await outbox.emit_job(tx, CompletionCreatedEvent(completion_id=run.id))
    body = f"Your run of {format_run_time(run.time)} on {run.code} waits for a moderator."
    await _notify(tx, run, "auto_verify_failed", "Not verified automatically", body)


async def patch(db: Db, completion_id: int, changes: CompletionPatchRequest) -> None:
    """Change the given fields of a run; ``NotFound`` for an unknown run, ``Invalid`` for no fields."""
    given = {
        name: value for name in changes.__struct_fields__ if (value := getattr(changes, name)) is not UNSET
    }
    if not given:
        raise Invalid("At least one field must be given.", code="nothing-to-change")
    if not await queries.completions.patch(db, completion_id=completion_id, **given):
        raise not_found(completion_id)


async def upvote(db: Db, vote: UpvoteCreateRequest) -> UpvoteSubmissionJobResponse:
    """Count a user's upvote; every tenth shows the run around.

    Raises ``NotFound`` for an unknown message or user and ``Conflict`` for a second upvote of one user.
    """
    async with db.transaction() as tx:
        # One run's upvotes wait for each other here: each is counted after the one before it.
        if await queries.completions.lock_message(tx, message_id=vote.message_id) is None:
            raise NotFound("There is no run with this message.", code="completion-not-found")
        await queries.completions.upvote(tx, user_id=vote.user_id, message_id=vote.message_id)
        amount = await queries.completions.upvotes(tx, message_id=vote.message_id)
        job = None
        if amount % UPVOTES_SHOWN == 0:
            event = UpvoteUpdateEvent(user_id=vote.user_id, message_id=vote.message_id)
            job = jobs.queued(await outbox.emit_job(tx, event))
        return UpvoteSubmissionJobResponse(job, amount)


async def rate(db: Db, code: str, rating: QualityUpdateRequest) -> None:
    """Keep a player's rating of a map; ``NotFound`` for an unknown or archived map or an unknown user."""
    if not await queries.maps.rate(db, code=code, user_id=rating.user_id, quality=rating.quality):
        raise maps.not_found(code)


def stored_time(seconds: float) -> float:
    """Return a run's time as the database keeps it; ``Invalid`` for one that would be kept as none."""
    time = as_stored(seconds)
    if not time:
        raise Invalid("A run takes at least a hundredth of a second.", code="no-time")
    return time


def not_found(completion_id: int) -> NotFound:
    """Return the error for a run that does not exist."""
    return NotFound("Completion not found.", code="completion-not-found", extra={"id": completion_id})


async def lock(tx: Tx, completion_id: int) -> LockRow | None:
    """Lock a run and, before it, its player until the transaction ends; nothing when there is none."""
    await queries.completions.lock_player(tx, completion_id=completion_id)
    return await queries.completions.lock(tx, completion_id=completion_id)


async def _judge(
    tx: Tx,
    completion_id: int,
    verdict: CompletionVerificationUpdateRequest,
    *,
    closing: bool = False,
) -> JobStatusResponse | None:
    """Judge a run with all that follows from it; nothing happens to one that does not wait.

    With ``closing`` the transaction is committed with the last of it.
    """
    run = await queries.completions.judge(
        tx,
        completion_id=completion_id,
        verified=verdict.verified,
        verified_by=verdict.verified_by,
        reason=verdict.reason,
    )
    if run is None:
        return None
    async with notifications.together(tx, closing=closing):
        if verdict.verified:
            await _accepted(tx, run)
        else:
            await _rejected(tx, run, verdict.reason)
        event = VerificationChangedEvent(
            completion_id=run.id,
            verified=verdict.verified,
            verified_by=verdict.verified_by,
            reason=verdict.reason,
        )
        return jobs.queued(await outbox.emit_job(tx, event))


async def _supersede(tx: Tx, target: TargetRow, time: float) -> None:
    if target.pending_id is None or target.pending_time is None:
        return
    if time >= target.pending_time:
        raise Invalid(
            f"You have a run of {format_run_time(target.pending_time)} waiting for verification; "
            f"a new one must be faster than that.",
            code="slower-than-pending",
        )
    await queries.completions.supersede(
        tx, completion_id=target.pending_id, verified_by=SYSTEM_USER_ID, reason="A faster run was submitted."
    )
    if target.pending_verification_id is not None:
        await outbox.emit(tx, VerificationMessageDeleteEvent(verification_id=target.pending_verification_id))


async def _not_waiting(tx: Tx, completion_id: int) -> NotFound | Conflict:
    run = await lock(tx, completion_id)
    if run is None:
        return not_found(completion_id)
    name = await queries.users.name(tx, user_id=run.verified_by or SYSTEM_USER_ID) or "somebody"
    verdict = "accepted" if run.verified else "rejected"
    return Conflict(
        f"This run was already {verdict} by {name}.",
        code="already-judged",
        extra={"id": run.id, "name": name, "verdict": verdict},
    )


async def _accepted(tx: Tx, run: JudgeRow) -> None:
    body = f"Your run of {format_run_time(run.time)} on {run.code} was accepted."
    await _notify(tx, run, "verification_approved", "Run accepted", body)
    if run.partial and not run.official:
        return
    earned = await queries.completions.reward(
        tx,
        completion_id=run.id,
        map_id=run.map_id,
        user_id=run.user_id,
        full=not run.partial,
        official=run.official,
        map_name=run.map_name,
        completion_xp=XP_AMOUNTS["Completion"],
        record_xp=XP_AMOUNTS["Record"],
        world_record_xp=XP_AMOUNTS["World Record"],
    )
    kind, old_xp, new_xp = earned.kind, earned.previous_amount, earned.new_amount
    if kind is not None and old_xp is not None and new_xp is not None:
        grant = XpGrantRequest(XP_AMOUNTS[kind], kind, run.code)
        await lootbox.granted(tx, run.user_id, grant, old_xp, new_xp)
    if earned.mastery is not None:
        await maps.mastered(tx, run.user_id, run.map_name, earned.mastery)
    await _announce(tx, run, earned)


async def _rejected(tx: Tx, run: JudgeRow, reason: str | None) -> None:
    because = f" Reason: {reason}" if reason else ""
    body = f"Your run of {format_run_time(run.time)} on {run.code} was rejected.{because}"
    await _notify(tx, run, "verification_rejected", "Run rejected", body)


async def _announce(tx: Tx, run: JudgeRow, earned: RewardRow) -> None:
    """Tell the newsfeed of a record or medal with a video."""
    if not run.video or earned.rank is None or earned.name is None:
        return
    if earned.rank > 1 and earned.medal is None:
        return
    record = NewsfeedRecord(
        code=run.code,
        map_name=run.map_name,
        time=run.time,
        video=run.video,
        rank_num=earned.rank,
        name=earned.name,
        medal=earned.medal,
        difficulty=run.difficulty,
    )
    await newsfeed.publish(tx, record)


async def _notify(tx: Tx, run: LockRow | JudgeRow, kind: NotificationType, title: str, body: str) -> None:
    metadata = {"completion_id": run.id, "code": run.code}
    await notifications.notify(
        tx, NotificationCreateRequest(run.user_id, kind, title, body, metadata=metadata)
    )
