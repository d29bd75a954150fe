"""Emitting: an event becomes a message in the caller's transaction, to be published once that commits."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from genjilib import queries
from genjilib.core.events import Event
from genjilib.core.ids import new_id
from genjilib.core.log import get_contextvars
from genjilib.db import Executor
from genjilib.queries.messages import EmitRow


class Held:
    """What a transaction emits until the end of a block, as columns."""

    def __init__(self, tx: Executor | None = None) -> None:
        """Hold nothing yet of what is emitted on ``tx``."""
        self.tx = tx
        self.message_ids: list[UUID] = []
        self.queues: list[str] = []
        self.bodies: list[Event] = []
        self.order_keys: list[str] = []
        """Empty for none."""
        self.versions: list[int] = []
        self.job_ids: list[UUID] = []
        """Those of messages without a job are of no meaning."""
        self.want_jobs: list[bool] = []
        context = get_contextvars()
        self.trace: str | None = context.get("traceparent")
        self.causation: UUID | None = context.get("causation")

    def take(self, event: Event, *, job: bool) -> EmitRow:
        """Keep an event and draw its ids."""
        message_id = new_id()
        job_id = new_id() if job else None
        self.message_ids.append(message_id)
        self.queues.append(event.queue)
        self.bodies.append(event)
        self.order_keys.append(event.order_key() or "")
        self.versions.append(event.version)
        self.job_ids.append(job_id or message_id)
        self.want_jobs.append(job)
        return EmitRow(message_id=message_id, job_id=job_id)

    async def send(self, tx: Executor) -> None:
        """Put all into the outbox, in their order, with one statement."""
        if self.bodies:
            await queries.messages.emit_all(
                tx,
                message_ids=self.message_ids,
                queues=self.queues,
                bodies=self.bodies,
                order_keys=self.order_keys,
                versions=self.versions,
                job_ids=self.job_ids,
                want_jobs=self.want_jobs,
                trace=self.trace,
                causation=self.causation,
            )


_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def holding(tx: Executor) -> Generator[Held]:
    """Hold what is emitted on ``tx`` inside the block: whoever opened it sends it."""
    held = Held(tx)
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


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
    held = Held()
    for event in events:
        held.take(event, job=False)
    await held.send(tx)


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
