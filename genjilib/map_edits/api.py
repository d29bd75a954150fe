"""HTTP routes of map edits."""

from msgspec import Struct

from genjilib import queries
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.map_edits import rules
from genjilib.map_edits.types import (
    MapEditCreateRequest,
    MapEditResolveRequest,
    MapEditResponse,
    MapEditSetMessageIdRequest,
    MapEditSubmissionResponse,
)
from genjilib.queries.map_edits import PendingMapEditResponse
from genjilib.web.routes import Shown, get, patch, post, put


class OfUserQuery(Struct, frozen=True, kw_only=True):
    """Which of a user's edits to return."""

    include_resolved: bool = False


async def create(db: Db, body: MapEditCreateRequest) -> MapEditResponse:
    """Propose an edit of a map."""
    return await rules.create(db, body)


async def pending(db: Db) -> list[PendingMapEditResponse]:
    """Return the edits that wait for their verdict, oldest first."""
    return await queries.map_edits.pending(db)


async def get_edit(db: Db, edit_id: int) -> MapEditResponse:
    """Return an edit."""
    return await rules.get(db, edit_id)


async def submission(db: Db, settings: Settings, edit_id: int) -> MapEditSubmissionResponse:
    """Return an edit as a moderator judges it."""
    return await rules.submission(db, edit_id, cdn_url=settings.s3_public_url)


async def set_message(db: Db, edit_id: int, body: MapEditSetMessageIdRequest) -> None:
    """Keep which message of the verification queue shows an edit."""
    await rules.set_message(db, edit_id, body.message_id)


async def resolve(db: Db, settings: Settings, edit_id: int, body: MapEditResolveRequest) -> None:
    """Accept or reject an edit."""
    await rules.resolve(db, edit_id, body, cdn_url=settings.s3_public_url)


async def of_user(db: Db, user_id: int, query: OfUserQuery) -> list[MapEditResponse]:
    """Return the edits that a user proposed, newest first."""
    return await rules.of_user(db, user_id, include_resolved=query.include_resolved)


_ONE = "/api/v3/maps/map-edits/{edit_id:int}"
_EDIT = Shown(get_edit, queries.map_edits.lock)

routes = [
    post("/api/v3/maps/map-edits", create, errors=[Invalid, NotFound, Conflict]),
    get("/api/v3/maps/map-edits/pending", pending),
    get(_ONE, get_edit, errors=[NotFound], etag=True),
    get(f"{_ONE}/submission", submission, errors=[NotFound]),
    patch(f"{_ONE}/message", set_message, status=204, errors=[NotFound], changes=_EDIT),
    put(f"{_ONE}/resolve", resolve, status=204, errors=[Invalid, NotFound, Conflict], changes=_EDIT),
    get("/api/v3/maps/map-edits/user/{user_id:int}", of_user),
]
