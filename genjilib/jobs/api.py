"""HTTP routes of jobs."""

from uuid import UUID

from genjilib.core.errors import NotFound
from genjilib.db import Db
from genjilib.jobs import rules
from genjilib.jobs.types import JobStatusUpdateRequest
from genjilib.queries.jobs import JobStatusResponse
from genjilib.web.routes import get, patch


async def get_job(db: Db, job_id: UUID) -> JobStatusResponse:
    """Return where a job stands."""
    return await rules.get(db, job_id)


async def update_job(db: Db, job_id: UUID, body: JobStatusUpdateRequest) -> None:
    """Record the progress of a job."""
    await rules.update(db, job_id, body)


routes = [
    get("/api/v3/internal/jobs/{job_id}", get_job, errors=[NotFound]),
    patch("/api/v3/internal/jobs/{job_id}", update_job),
]
