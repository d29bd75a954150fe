"""Emitting: an event becomes a message in the caller's transaction, to be published once that commits."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from genjilib import queries
from genjilib.core.events import Event
from genjilib.core.ids import new_id
from genjilib.core.log import get_contextvars
from genjilib.db import Executor, Tx
from genjilib.queries.messages import EmitRow


class _Held:
    """What a transaction emits until the end of a block."""

    def __init__(self, tx: Executor) -> None:
        self.tx = tx
        self.events: list[Event] = []
        self.ids: list[EmitRow] = []

    def take(self, event: Event, *, job: bool) -> EmitRow:
        """Keep an event and draw its ids."""
        row = EmitRow(message_id=new_id(), job_id=new_id() if job else None)
        self.events.append(event)
        self.ids.append(row)
        return row


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


@asynccontextmanager
async def together(tx: Tx, *, closing: bool = False) -> AsyncGenerator[None]:
    """Put what is emitted on ``tx`` inside the block into the outbox at its end, in one statement.

    Nothing of it is sent when an exception leaves the block: the transaction is to end with it. With
    ``closing`` that statement also commits, in the same round trip, and nothing may follow it.
    """
    held = _Held(tx)
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    await _send(tx.closing if closing else tx, held)


async def emit(
    tx: Executor,
    event: Event,
    *,
    run_at: datetime | None = None,
    key: str | None = None,
    causation: UUID | None = None,
) -> UUID:
    """Put ``event`` into the outbox and return the message's id; raise ``Invalid`` over 1 MB of body.

    ``run_at`` delays it. Events of equal ``key`` are one message, whose effect happens once. ``causation`` is
    the message that led to this one; by default the one that is being handled.
    """
    return (await _emit(tx, event, run_at, key, causation, job=False)).message_id


async def emit_all(tx: Executor, events: Sequence[Event]) -> None:
    """Put several events into the outbox, in their order, with one statement."""
    held = _Held(tx)
    for event in events:
        held.take(event, job=False)
    await _send(tx, held)


async def emit_job(
    tx: Executor,
    event: Event,
    *,
    run_at: datetime | None = None,
    key: str | None = None,
    causation: UUID | None = None,
) -> UUID:
    """Do the same with a row of ``public.jobs`` that follows the message; return the job's id."""
    job_id = (await _emit(tx, event, run_at, key, causation, job=True)).job_id
    assert job_id is not None
    return job_id


async def _emit(
    tx: Executor,
    event: Event,
    run_at: datetime | None,
    key: str | None,
    causation: UUID | None,
    *,
    job: bool,
) -> EmitRow:
    held = _held.get()
    if held is not None and held.tx is tx and run_at is None and key is None and causation is None:
        return held.take(event, job=job)
    context = get_contextvars()
    return await queries.messages.emit(
        tx,
        queue=event.queue,
        body=event,
        order_key=event.order_key(),
        run_at=run_at,
        trace=context.get("traceparent"),
        causation=causation or context.get("causation"),
        version=event.version,
        key=key,
        job=job,
    )


async def _send(tx: Executor, held: _Held) -> None:
    if not held.events:
        return
    context = get_contextvars()
    await queries.messages.emit_all(
        tx,
        message_ids=[row.message_id for row in held.ids],
        queues=[event.queue for event in held.events],
        bodies=list(held.events),
        order_keys=[event.order_key() or "" for event in held.events],
        versions=[event.version for event in held.events],
        job_ids=[row.job_id or row.message_id for row in held.ids],
        want_jobs=[row.job_id is not None for row in held.ids],
        trace=context.get("traceparent"),
        causation=context.get("causation"),
    )
