"""HTTP routes of jobs."""

from uuid import UUID

from genjilib.core.errors import NotFound
from genjilib.db import Db
from genjilib.jobs import rules
from genjilib.jobs.types import ClaimCreateRequest, ClaimResponse, JobStatusUpdateRequest
from genjilib.queries.jobs import JobStatusResponse
from genjilib.web.routes import delete, get, patch, post


async def get_job(db: Db, job_id: UUID) -> JobStatusResponse:
    """Return where a job stands."""
    return await rules.get(db, job_id)


async def update_job(db: Db, job_id: UUID, body: JobStatusUpdateRequest) -> None:
    """Record the progress of a job."""
    await rules.update(db, job_id, body)


async def claim(db: Db, body: ClaimCreateRequest) -> ClaimResponse:
    """Claim a message before handling it."""
    return ClaimResponse(await rules.claim(db, body.key))


async def release(db: Db, body: ClaimCreateRequest) -> None:
    """Release a claim after handling failed."""
    await rules.release(db, body.key)


routes = [
    get("/api/v3/internal/jobs/{job_id}", get_job, errors=[NotFound]),
    patch("/api/v3/internal/jobs/{job_id}", update_job),
    post("/api/v3/internal/idempotency/claim", claim),
    delete("/api/v3/internal/idempotency/claim", release),
]
