"""What the routes of jobs take."""

from typing import Literal

from msgspec import Struct

JobStatus = Literal["queued", "processing", "succeeded", "failed", "timeout"]


class JobStatusUpdateRequest(Struct):
    """How far a job is; an error belongs to ``failed`` and ``timeout`` only."""

    status: JobStatus
    error_code: str | None = None
    error_msg: str | None = None
