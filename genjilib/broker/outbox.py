"""Emitting: an event becomes a message in the caller's transaction, to be published once that commits."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from structlog.contextvars import get_contextvars

from genjilib import queries
from genjilib.core.events import Event
from genjilib.db import Executor


class Emitted(NamedTuple):
    """The ids of an emitted message and of the job that follows it, where one was asked for."""

    message_id: UUID
    job_id: UUID | None


async def emit(
    tx: Executor,
    event: Event,
    *,
    job: bool = False,
    run_at: datetime | None = None,
    key: str | None = None,
    causation: UUID | None = None,
) -> Emitted:
    """Put ``event`` into the outbox; raise ``Invalid`` when its body is larger than 1 MB.

    With ``job`` a row of ``public.jobs`` follows the message. ``run_at`` delays it. Events of equal ``key``
    are one message, whose effect happens once. ``causation`` is the message that led to this one; by default
    the one that is being handled.
    """
    context = get_contextvars()
    row = await queries.messages.emit(
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
    return Emitted(row.message_id, row.job_id)


async def emit_job(tx: Executor, event: Event) -> UUID:
    """Put ``event`` into the outbox and return the id of the job that follows it."""
    job_id = (await emit(tx, event, job=True)).job_id
    assert job_id is not None
    return job_id
