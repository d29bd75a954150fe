"""HTTP routes of completions."""

from msgspec import UNSET

from genjilib import queries
from genjilib.completions import rules
from genjilib.completions.types import (
    ArchivedFilter,
    CompletionCreateRequest,
    CompletionPatchRequest,
    CompletionSubmissionJobResponse,
    CompletionVerificationUpdateRequest,
)
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.values import DifficultyTop, UserId
from genjilib.db import Db
from genjilib.queries.completions import (
    CompletionResponse,
    CompletionSubmissionResponse,
    PendingVerificationResponse,
    UserCompletionResponse,
)
from genjilib.queries.jobs import JobStatusResponse
from genjilib.web.paging import Page, PageOrAll
from genjilib.web.routes import get, patch, post, put


class OfUserQuery(Page, frozen=True, kw_only=True):
    """Which of a player's runs to return."""

    user_id: UserId
    difficulty: DifficultyTop | None = None
    archived: ArchivedFilter = "all"


async def of_user(db: Db, query: OfUserQuery) -> list[UserCompletionResponse]:
    """Return a player's latest verified run on every map, easiest map first."""
    return await queries.completions.of_user(
        db,
        user_id=query.user_id,
        difficulty=query.difficulty,
        archived=UNSET if query.archived == "all" else query.archived == "archived",
        size=query.limit,
        skip=query.offset,
    )


async def submit(db: Db, body: CompletionCreateRequest) -> CompletionSubmissionJobResponse:
    """Submit a run for verification."""
    return await rules.submit(db, body)


async def pending(db: Db) -> list[PendingVerificationResponse]:
    """Return the runs that wait in the verification queue."""
    return await queries.completions.pending(db)


async def leaderboard(db: Db, code: str, query: PageOrAll) -> list[CompletionResponse]:
    """Return a map's leaderboard: ranked runs by time, then partial ones, legacy runs behind all others."""
    return await queries.completions.leaderboard(db, code=code, size=query.limit or 0, skip=query.offset)


async def submission(db: Db, record_id: int) -> CompletionSubmissionResponse:
    """Return a run as a moderator judges it."""
    return await rules.submission(db, record_id)


async def verify(db: Db, record_id: int, body: CompletionVerificationUpdateRequest) -> JobStatusResponse:
    """Accept or reject a run."""
    return await rules.verify(db, record_id, body)


async def update(db: Db, record_id: int, body: CompletionPatchRequest) -> None:
    """Change the given fields of a run."""
    await rules.patch(db, record_id, body)


routes = [
    get("/api/v3/completions", of_user, scopes=["completions:read"]),
    post("/api/v3/completions", submit, errors=[Invalid, NotFound, Conflict]),
    get("/api/v3/completions/pending", pending),
    get("/api/v3/completions/{code}", leaderboard, scopes=["completions:read"]),
    patch("/api/v3/completions/{record_id:int}", update, errors=[Invalid, NotFound, Conflict]),
    get("/api/v3/completions/{record_id:int}/submission", submission, errors=[NotFound]),
    put("/api/v3/completions/{record_id:int}/verification", verify, errors=[NotFound, Conflict]),
]
