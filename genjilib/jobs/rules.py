"""How a job that a request caused is followed."""

from uuid import UUID

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.db import Executor
from genjilib.jobs.types import JobStatusUpdateRequest
from genjilib.queries.jobs import JobStatusResponse


async def get(db: Executor, job_id: UUID) -> JobStatusResponse:
    """Return where a job stands; ``NotFound`` when there is no such job."""
    job = await queries.jobs.get(db, job_id=job_id)
    if job is None:
        raise NotFound("Job not found.", code="job-not-found")
    return job


async def update(db: Executor, job_id: UUID, progress: JobStatusUpdateRequest) -> None:
    """Record the progress a consumer reports; an unknown job is no error."""
    failed = progress.status in ("failed", "timeout")
    await queries.jobs.update(
        db,
        job_id=job_id,
        status=progress.status,
        error_code=progress.error_code if failed else None,
        error_msg=progress.error_msg if failed else None,
    )


async def claim(db: Executor, key: str) -> bool:
    """Take a message on for a consumer outside this system; false when somebody did before.

    Our own consumers need no claims: the inbox is written with the effect.
    """
    return await queries.jobs.claim(db, key=key) > 0


async def release(db: Executor, key: str) -> None:
    """Take a claim back after a failure; one that is unknown is no error."""
    await queries.jobs.release(db, key=key)


def queued(job_id: UUID) -> JobStatusResponse:
    """Return the answer for a job that was written in this request's transaction."""
    return JobStatusResponse(job_id, "queued", None, None)
