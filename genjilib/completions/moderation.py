"""What moderators correct in a run, and which runs they flag as suspicious."""

from msgspec import UNSET

from genjilib import queries
from genjilib.broker import outbox
from genjilib.completions.rules import lock, not_found, stored_time
from genjilib.completions.types import (
    CompletionModerateRequest,
    SuspiciousCompletionCreateRequest,
    SuspiciousCompletionDeleteRequest,
    VerificationChangedEvent,
)
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.db import Db, Tx
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.queries.completions import LockRow


async def moderate(db: Db, completion_id: int, changes: CompletionModerateRequest) -> None:
    """Correct a run in one transaction and tell its player of all corrections at once.

    Raises ``NotFound`` for an unknown run and ``Invalid`` for a correction without what it needs, or for a
    time that would not be faster than the player's other runs.
    """
    _check(changes)
    async with db.transaction() as tx:
        run = await lock(tx, completion_id)
        if run is None:
            raise not_found(completion_id)
        counts = [*await _change_time(tx, run, changes), *await _change_verdict(tx, run, changes)]
        told = [*counts, *await _change_flags(tx, run, changes)]
        if counts:
            await _show(tx, run, changes)
        if told:
            metadata = {"completion_id": run.id, "code": run.code}
            body = "\n\n".join(told)
            await queries.audit.record(
                tx,
                actor_id=changes.moderated_by,
                action="completions.moderate",
                subject_id=run.id,
                reason=body,
            )
            new = NotificationCreateRequest(
                run.user_id, "record_edited", "Run edited", body, metadata=metadata
            )
            await notifications.notify(tx, new)


async def flag(db: Db, new: SuspiciousCompletionCreateRequest) -> None:
    """Flag the run that a message is about; a message of no run changes nothing."""
    async with db.transaction() as tx:
        completion_id = await _of_message(tx, new)
        if completion_id is not None:
            await queries.completions.flag(
                tx,
                completion_id=completion_id,
                context=new.context,
                flag_type=new.flag_type,
                flagged_by=new.flagged_by,
            )
            await queries.audit.record(
                tx,
                actor_id=new.flagged_by,
                action="completions.flag",
                subject_id=completion_id,
                reason=f"{new.flag_type}: {new.context}",
            )


async def unflag(db: Db, which: SuspiciousCompletionDeleteRequest) -> int:
    """Take all flags off the run that a message is about; return how many there were."""
    async with db.transaction() as tx:
        completion_id = await _of_message(tx, which)
        return (
            0 if completion_id is None else await queries.completions.unflag(tx, completion_id=completion_id)
        )


def _check(changes: CompletionModerateRequest) -> None:
    if changes.time is not UNSET and changes.time_change_reason is UNSET:
        raise Invalid("A new time needs its reason.", code="reason-missing")
    flagged = changes.suspicious_context is not UNSET and changes.suspicious_flag_type is not UNSET
    if changes.mark_suspicious and not flagged:
        raise Invalid("A flag needs its context and type.", code="flag-incomplete")
    if changes.mark_suspicious and changes.unmark_suspicious:
        raise Invalid("A run is either flagged or not.", code="flag-contradiction")


async def _show(tx: Tx, run: LockRow, changes: CompletionModerateRequest) -> None:
    """Let Discord follow what the run counts as now: where it is shown, and the ranks of its player."""
    reason = changes.verification_reason
    event = VerificationChangedEvent(
        completion_id=run.id,
        verified=run.verified if changes.verified is UNSET else changes.verified,
        verified_by=changes.moderated_by,
        reason=None if reason is UNSET else reason,
    )
    await outbox.emit(tx, event)


async def _change_time(tx: Tx, run: LockRow, changes: CompletionModerateRequest) -> list[str]:
    if changes.time is UNSET:
        return []
    time = stored_time(changes.time)
    await queries.completions.moderate(tx, completion_id=run.id, time=time)
    was, now = format_run_time(run.time), format_run_time(time)
    return [
        f"The time of your run on {run.code} was changed from {was} to {now}: {changes.time_change_reason}"
    ]


async def _change_verdict(tx: Tx, run: LockRow, changes: CompletionModerateRequest) -> list[str]:
    if changes.verified is UNSET or changes.verified == run.verified:
        return []
    await queries.completions.moderate(tx, completion_id=run.id, verified=changes.verified)
    verdict = "verified" if changes.verified else "not verified any more"
    because = f": {changes.verification_reason}" if changes.verification_reason else "."
    return [f"Your run on {run.code} is {verdict}{because}"]


async def _change_flags(tx: Tx, run: LockRow, changes: CompletionModerateRequest) -> list[str]:
    if changes.unmark_suspicious:
        removed = await queries.completions.unflag(tx, completion_id=run.id)
        return [f"Your run on {run.code} is not flagged any more."] if removed else []
    context, kind = changes.suspicious_context, changes.suspicious_flag_type
    if not changes.mark_suspicious or context is UNSET or kind is UNSET:
        return []
    await queries.completions.flag(
        tx, completion_id=run.id, context=context, flag_type=kind, flagged_by=changes.moderated_by
    )
    return [f"Your run on {run.code} was flagged as {kind}: {context}"]


async def _of_message(
    tx: Tx, which: SuspiciousCompletionCreateRequest | SuspiciousCompletionDeleteRequest
) -> int | None:
    if which.message_id is None and which.verification_id is None:
        raise Invalid("A message_id or a verification_id must be given.", code="message-missing")
    return await queries.completions.of_message(
        tx, message_id=which.message_id, verification_id=which.verification_id
    )
