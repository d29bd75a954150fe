"""HTTP routes of playtests."""

from genjilib.core.errors import Conflict, NotFound
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.playtests import rules
from genjilib.playtests.types import PlaytestForceAcceptRequest, PlaytestThreadAssociateRequest
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.playtests import PlaytestResponse
from genjilib.web.routes import get, patch, post


async def get_playtest(db: Db, thread_id: int) -> PlaytestResponse:
    """Return the playtest of a thread."""
    return await rules.get(db, thread_id)


async def associate(db: Db, body: PlaytestThreadAssociateRequest) -> PlaytestResponse:
    """Give a playtest its Discord thread."""
    return await rules.associate(db, body.playtest_id, body.thread_id)


async def force_accept(
    db: Db, settings: Settings, thread_id: int, body: PlaytestForceAcceptRequest
) -> JobStatusResponse:
    """Accept a map with a moderator's difficulty."""
    return await rules.force_accept(
        db, thread_id, body.difficulty, body.verifier_id, cdn_url=settings.s3_public_url
    )


routes = [
    patch("/api/v3/maps/playtests", associate, errors=[NotFound, Conflict]),
    get("/api/v3/maps/playtests/{thread_id:int}", get_playtest, errors=[NotFound]),
    post(
        "/api/v3/maps/playtests/{thread_id:int}/force_accept",
        force_accept,
        status=202,
        errors=[NotFound, Conflict],
    ),
]
