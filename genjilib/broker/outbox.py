"""Emitting: an event becomes a message in the caller's transaction, to be published once that commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from genjilib import queries
from genjilib.core.events import Event
from genjilib.core.log import get_contextvars
from genjilib.db import Executor
from genjilib.queries.messages import EmitRow


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
    if not events:
        return
    context = get_contextvars()
    await queries.messages.emit_all(
        tx,
        queues=[event.queue for event in events],
        bodies=list(events),
        order_keys=[event.order_key() or "" for event in events],
        versions=[event.version for event in events],
        trace=context.get("traceparent"),
        causation=context.get("causation"),
    )


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
