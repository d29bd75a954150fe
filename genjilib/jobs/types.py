"""What the routes of jobs take."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

JobStatus = Literal["queued", "processing", "succeeded", "failed", "timeout"]


class JobStatusUpdateRequest(Struct):
    """How far a job is; an error belongs to ``failed`` and ``timeout`` only."""

    status: JobStatus
    error_code: str | None = None
    error_msg: str | None = None


class ClaimCreateRequest(Struct):
    """Which message a consumer takes on, or no longer does."""

    key: Annotated[str, Meta(min_length=1, max_length=255)]


class ClaimResponse(Struct):
    """Whether the message is the caller's; false when somebody took it on before."""

    claimed: bool
