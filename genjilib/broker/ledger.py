"""What the consumer writes about messages that were not applied: tries, put-backs and dead letters."""

from typing import Any
from uuid import UUID

import msgspec
import psycopg

from genjilib import queries
from genjilib.broker.envelope import Message, Received, parse
from genjilib.broker.failures import Failure, Verdict
from genjilib.core.errors import Invalid, Poison
from genjilib.db import Executor


async def record(db: Executor, message: Message, failure: Failure) -> None:
    """Write down a failed try and what follows from it: another one later, or a dead letter."""
    if failure.verdict is Verdict.DEAD:
        await bury(db, message, failure)
        return
    await queries.messages.retry(
        db,
        **_identity(message),
        body=message.body.decode(),
        attempt=message.attempt,
        counted=failure.verdict is Verdict.RETRY,
        after=failure.after,
        error=failure.error,
        detail=failure.detail,
        place=failure.place,
        stack=failure.stack,
    )


async def put_back(db: Executor, message: Message) -> None:
    """Return a message to the outbox, for an earlier one of its order key comes again."""
    await queries.messages.put_back(
        db, **_identity(message), body=message.body.decode(), attempt=message.attempt
    )


async def bury(db: Executor, message: Message, failure: Failure) -> None:
    """Write the dead letter of a message that can be read."""
    try:
        msgspec.json.decode(message.body)
        await _bury(
            db, failure, **_identity(message), body=message.body.decode(), raw=None, attempts=message.attempt
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Invalid, psycopg.DataError):
        # Not JSON, or JSON that PostgreSQL cannot hold.
        await _bury(db, failure, **_identity(message), body=None, raw=message.body, attempts=message.attempt)


async def bury_received(db: Executor, received: Received, failure: Failure) -> None:
    """Write the dead letter of a delivery, whatever can be read of it.

    One that has no readable id and comes again, for its acknowledgement was lost, is known by its bytes.
    """
    try:
        message = parse(received)
    except Poison:
        await _bury(
            db,
            failure,
            **_unknown(received),
            body=None,
            raw=received.body,
            attempts=1,
            again=received.redelivered,
        )
        return
    await bury(db, message, failure)


async def _bury(db: Executor, failure: Failure, *, again: bool = False, **values: Any) -> None:
    await queries.messages.bury(
        db,
        error=failure.error,
        detail=failure.detail,
        place=failure.place,
        stack=failure.stack,
        again=again,
        **values,
    )


def _identity(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "queue": message.queue,
        "version": message.version,
        "order_key": message.order_key,
        "position": message.position,
        "job_id": message.job_id,
        "trace": message.trace,
        "causation": message.causation,
        "replay_of": message.replay_of,
        "created_at": message.created_at,
    }


def _unknown(received: Received) -> dict[str, Any]:
    names = ("version", "order_key", "position", "trace", "causation", "replay_of", "created_at")
    return {
        **dict.fromkeys(names),
        "queue": received.queue,
        "message_id": _uuid(received.message_id),
        "job_id": _uuid(received.correlation_id),
    }


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
