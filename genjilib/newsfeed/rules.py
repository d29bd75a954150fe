"""How entries come into the newsfeed and out of it."""

from datetime import datetime

import msgspec

from genjilib import queries
from genjilib.broker import outbox
from genjilib.db import Executor, Tx
from genjilib.jobs import rules as jobs
from genjilib.newsfeed.types import (
    NewsfeedDispatchEvent,
    NewsfeedEvent,
    NewsfeedPayload,
    PublishNewsfeedJobResponse,
)


async def publish(
    tx: Tx, payload: NewsfeedPayload, *, at: datetime | None = None
) -> PublishNewsfeedJobResponse:
    """Add an entry of now, or ``at`` another time, in the caller's transaction; have it posted in Discord."""
    newsfeed_id = await queries.newsfeed.create(tx, payload=payload, at=at)
    # Linked codes are two of one map; whatever happens to it afterwards is told under the global one.
    code = getattr(payload, "code", None) or getattr(payload, "official_code", None)
    job_id = await outbox.emit_job(tx, NewsfeedDispatchEvent(newsfeed_id=newsfeed_id, code=code))
    return PublishNewsfeedJobResponse(jobs.queued(job_id), newsfeed_id)


async def get(db: Executor, newsfeed_id: int) -> NewsfeedEvent | None:
    """Return an entry; nothing when there is none."""
    row = await queries.newsfeed.get(db, newsfeed_id=newsfeed_id)
    return None if row is None else msgspec.convert(row, NewsfeedEvent, from_attributes=True)
