"""HTTP routes of completions."""

from msgspec import UNSET, Struct

from genjilib import queries
from genjilib.completions import moderation, rules
from genjilib.completions.types import (
    ArchivedFilter,
    CompletionCreateRequest,
    CompletionModerateRequest,
    CompletionPatchRequest,
    CompletionSubmissionJobResponse,
    CompletionVerificationUpdateRequest,
    QualityUpdateRequest,
    SuspiciousCompletionCreateRequest,
    SuspiciousCompletionDeleteRequest,
    UpvoteCreateRequest,
    UpvoteSubmissionJobResponse,
    VerificationFilter,
)
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.json import Json
from genjilib.core.settings import Settings
from genjilib.core.values import DifficultyTop, MapCode, UserId
from genjilib.db import Db, Tx
from genjilib.queries.completions import (
    CompletionResponse,
    CompletionSubmissionResponse,
    DashboardCompletionResponse,
    LatestCompletionResponse,
    LegacyCompletionResponse,
    ModerationRecordResponse,
    PendingVerificationResponse,
    SuspiciousCompletionResponse,
    UserCompletionResponse,
    WorldRecordResponse,
)
from genjilib.queries.jobs import JobStatusResponse
from genjilib.web.paging import LARGEST, Page, PageOrAll
from genjilib.web.routes import Shown, delete, get, patch, post, put

FAR = 15_000
"""How many runs before a page of records make it less work to find the players with several first."""


class OfUserQuery(Page, frozen=True, kw_only=True):
    """Which of a player's runs to return."""

    user_id: UserId
    difficulty: DifficultyTop | None = None
    archived: ArchivedFilter = "all"


class OwnQuery(Struct, frozen=True, kw_only=True):
    """Whose runs are asked about."""

    user_id: UserId


class WorldRecordsQuery(OwnQuery, frozen=True, kw_only=True):
    """Which of a player's world records to return."""

    archived: ArchivedFilter = "all"


class DashboardQuery(Page, frozen=True, kw_only=True):
    """Which page of a player's runs to return."""

    user_id: UserId


class RecordsQuery(PageOrAll, frozen=True, kw_only=True):
    """Which runs a moderator looks at; a list without code and player is never returned whole."""

    code: MapCode | None = None
    user_id: UserId | None = None
    verification_status: VerificationFilter = "All"
    latest_only: bool = True

    @property
    def size(self) -> int | None:
        """Return how many rows to read; ``None`` is all of them."""
        return self.limit or (LARGEST if self.code is None and self.user_id is None else None)


async def of_user(db: Db, query: OfUserQuery) -> Json[list[UserCompletionResponse]]:
    """Return a player's latest verified run on every map, easiest map first."""
    return await queries.completions.of_user.json(
        db,
        user_id=query.user_id,
        difficulty=query.difficulty,
        archived=UNSET if query.archived == "all" else query.archived == "archived",
        size=query.limit,
        skip=query.offset,
    )


async def submit(
    db: Db, settings: Settings, body: CompletionCreateRequest
) -> CompletionSubmissionJobResponse:
    """Submit a run for verification."""
    return await rules.submit(db, body, read=settings.ocr_url is not None)


async def pending(db: Db) -> Json[list[PendingVerificationResponse]]:
    """Return the runs that wait in the verification queue."""
    return await queries.completions.pending.json(db)


async def leaderboard(db: Db, code: str, query: PageOrAll) -> Json[list[CompletionResponse]]:
    """Return a map's leaderboard: ranked runs by time, then partial ones, legacy runs behind all others."""
    return await queries.completions.leaderboard.json(db, code=code, size=query.limit, skip=query.offset)


async def submission(db: Db, record_id: int) -> CompletionSubmissionResponse:
    """Return a run as a moderator judges it."""
    return await rules.submission(db, record_id)


async def verify(db: Db, record_id: int, body: CompletionVerificationUpdateRequest) -> JobStatusResponse:
    """Accept or reject a run."""
    return await rules.verify(db, record_id, body)


async def update(db: Db, record_id: int, body: CompletionPatchRequest) -> None:
    """Change the given fields of a run."""
    await rules.patch(db, record_id, body)


async def world_records(db: Db, query: WorldRecordsQuery) -> list[WorldRecordResponse]:
    """Return a player's runs that lead their maps, easiest map first."""
    archived = UNSET if query.archived == "all" else query.archived == "archived"
    return await queries.completions.world_records(db, user_id=query.user_id, archived=archived)


async def flags(db: Db, query: OwnQuery) -> list[SuspiciousCompletionResponse]:
    """Return the flags on a player's runs."""
    return await queries.completions.flags(db, user_id=query.user_id)


async def flag(db: Db, body: SuspiciousCompletionCreateRequest) -> None:
    """Flag the run that a message is about."""
    await moderation.flag(db, body)


async def unflag(db: Db, body: SuspiciousCompletionDeleteRequest) -> int:
    """Take the flags off the run that a message is about; return how many there were."""
    return await moderation.unflag(db, body)


async def upvote(db: Db, body: UpvoteCreateRequest) -> UpvoteSubmissionJobResponse:
    """Upvote a run."""
    return await rules.upvote(db, body)


async def upvotes(db: Db, message_id: int) -> int:
    """Return how many upvotes a run has; 0 for an unknown message."""
    return await queries.completions.upvotes(db, message_id=message_id)


async def latest(db: Db, query: Page) -> Json[list[LatestCompletionResponse]]:
    """Return the verified runs of all players, newest first."""
    return await queries.completions.latest.json(db, size=query.limit, skip=query.offset)


async def dashboard(db: Db, query: DashboardQuery) -> Json[list[DashboardCompletionResponse]]:
    """Return all runs of a player with what became of them, newest first."""
    return await queries.completions.dashboard.json(
        db, user_id=query.user_id, size=query.limit, skip=query.offset
    )


async def world_record_xp(db: Db, code: str, query: OwnQuery) -> bool:
    """Tell whether a player was given the XP of a world record on a map."""
    return await queries.completions.world_record_xp(db, code=code, user_id=query.user_id)


async def records(db: Db, query: RecordsQuery) -> Json[list[ModerationRecordResponse]]:
    """Return runs for moderators, newest first."""
    verified = UNSET if query.verification_status == "All" else query.verification_status == "Verified"
    total, size, skip, order = None, query.size, query.offset, "newest"
    if query.code is None and query.user_id is None:
        total = await queries.completions.count_records(
            db, latest_only=query.latest_only, verified=None if verified is UNSET else verified
        )
        # What lies behind the middle is nearer to the other end.
        if size is not None and skip > total // 2:
            size = max(0, min(size, total - skip))
            skip, order = max(0, total - skip - size), "oldest"
    return await queries.completions.records.json(
        db,
        total_results=total,
        code=UNSET if query.code is None else query.code,
        user_id=UNSET if query.user_id is None else query.user_id,
        verified=verified,
        latest_only=query.latest_only,
        far=skip > FAR,
        size=size,
        skip=skip,
        whole=True if size is None else UNSET,
        order=order,
    )


async def moderate(db: Db, record_id: int, body: CompletionModerateRequest) -> None:
    """Correct a run's time, verdict or flags."""
    await moderation.moderate(db, record_id, body)


async def legacy(db: Db, code: str, query: Page) -> list[LegacyCompletionResponse]:
    """Return every player's latest legacy run on a map, fastest first."""
    return await queries.completions.legacy(db, code=code, size=query.limit, skip=query.offset)


async def rate(db: Db, code: str, body: QualityUpdateRequest) -> None:
    """Rate a map."""
    await rules.rate(db, code, body)


async def _lock(tx: Tx, record_id: int) -> None:
    await rules.lock(tx, record_id)


_ONE = "/api/v3/completions/{record_id:int}"
_RUN = Shown(submission, _lock)

routes = [
    get("/api/v3/completions", of_user, scopes=["completions:read"]),
    get("/api/v3/completions/world-records", world_records, scopes=["completions:read"]),
    get("/api/v3/completions/suspicious", flags),
    post("/api/v3/completions/suspicious", flag, errors=[Invalid]),
    delete("/api/v3/completions/suspicious", unflag, status=200, errors=[Invalid]),
    post("/api/v3/completions/upvoting", upvote, errors=[NotFound, Conflict]),
    get("/api/v3/completions/upvoting/{message_id:int}", upvotes),
    get("/api/v3/completions/all", latest),
    get("/api/v3/completions/dashboard", dashboard),
    get("/api/v3/completions/moderation/records", records),
    put(f"{_ONE}/moderate", moderate, errors=[Invalid, NotFound, Conflict], changes=_RUN),
    get("/api/v3/completions/{code}/wr-xp-check", world_record_xp),
    get("/api/v3/completions/{code}/legacy", legacy),
    post("/api/v3/completions/{code}/quality", rate, errors=[NotFound]),
    post("/api/v3/completions", submit, errors=[Invalid, NotFound, Conflict]),
    get("/api/v3/completions/pending", pending, together=True),
    get("/api/v3/completions/{code}", leaderboard, scopes=["completions:read"]),
    patch(_ONE, update, errors=[Invalid, NotFound, Conflict], changes=_RUN),
    get(f"{_ONE}/submission", submission, errors=[NotFound], etag=True),
    put(f"{_ONE}/verification", verify, errors=[NotFound, Conflict], changes=_RUN),
]
