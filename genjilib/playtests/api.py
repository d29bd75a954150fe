"""HTTP routes of playtests."""

from aiohttp import web

from genjilib import queries
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.core.values import UserId
from genjilib.db import Db
from genjilib.playtests import chart, rules
from genjilib.playtests.types import (
    PlaytestApproveRequest,
    PlaytestForceAcceptRequest,
    PlaytestForceDenyRequest,
    PlaytestPatchRequest,
    PlaytestResetRequest,
    PlaytestThreadAssociateRequest,
    PlaytestVote,
    PlaytestVotesResponse,
)
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.playtests import PlaytestResponse
from genjilib.web.routes import Shown, delete, get, patch, post


async def get_playtest(db: Db, thread_id: int) -> PlaytestResponse:
    """Return the playtest of a thread."""
    return await rules.get(db, thread_id)


async def plot(db: Db, thread_id: int) -> web.Response:
    """Return a picture of the votes of a thread by difficulty, as WebP."""
    picture = await chart.draw(await rules.tally(db, thread_id), "WEBP")
    headers = {"Content-Disposition": 'attachment; filename="playtest.webp"'}
    return web.Response(body=picture, content_type="image/webp", headers=headers)


async def associate(db: Db, body: PlaytestThreadAssociateRequest) -> PlaytestResponse:
    """Give a playtest its Discord thread."""
    return await rules.associate(db, body.playtest_id, body.thread_id)


async def update(db: Db, thread_id: int, body: PlaytestPatchRequest) -> None:
    """Change the given fields of a playtest."""
    await rules.patch(db, thread_id, body)


async def votes(db: Db, thread_id: int) -> PlaytestVotesResponse:
    """Return the votes of a thread and their average."""
    return await rules.votes(db, thread_id)


async def vote(db: Db, thread_id: int, user_id: UserId, body: PlaytestVote) -> JobStatusResponse:
    """Keep a player's vote on the difficulty of a map."""
    return await rules.vote(db, thread_id, user_id, body.difficulty)


async def unvote(db: Db, thread_id: int, user_id: int) -> JobStatusResponse:
    """Take a player's vote back."""
    return await rules.unvote(db, thread_id, user_id)


async def clear_votes(db: Db, who: Principal, thread_id: int) -> None:
    """Take all votes out of a thread."""
    await rules.clear_votes(db, thread_id, by=who.user_id)


async def approve(
    db: Db, settings: Settings, thread_id: int, body: PlaytestApproveRequest
) -> JobStatusResponse:
    """Accept a map with the average of its votes."""
    return await rules.approve(db, thread_id, body.verifier_id, cdn_url=settings.s3_public_url)


async def force_accept(
    db: Db, settings: Settings, thread_id: int, body: PlaytestForceAcceptRequest
) -> JobStatusResponse:
    """Accept a map with a moderator's difficulty."""
    return await rules.force_accept(
        db, thread_id, body.difficulty, body.verifier_id, cdn_url=settings.s3_public_url
    )


async def force_deny(db: Db, thread_id: int, body: PlaytestForceDenyRequest) -> JobStatusResponse:
    """Reject and hide a map."""
    return await rules.force_deny(db, thread_id, body)


async def reset(db: Db, thread_id: int, body: PlaytestResetRequest) -> JobStatusResponse:
    """Start a playtest over."""
    return await rules.reset(db, thread_id, body)


_ONE = "/api/v3/maps/playtests/{thread_id:int}"

routes = [
    patch("/api/v3/maps/playtests", associate, errors=[NotFound, Conflict]),
    get(_ONE, get_playtest, errors=[NotFound], etag=True),
    patch(
        _ONE,
        update,
        status=204,
        errors=[Invalid, NotFound, Conflict],
        changes=Shown(get_playtest, queries.playtests.lock),
    ),
    get(f"{_ONE}/plot", plot, errors=[NotFound]),
    get(f"{_ONE}/votes", votes),
    post(f"{_ONE}/vote/{{user_id:int}}", vote, status=202, errors=[Invalid, NotFound, Conflict]),
    delete(f"{_ONE}/vote/{{user_id:int}}", unvote, status=202, errors=[Invalid, Conflict]),
    delete(f"{_ONE}/vote", clear_votes, errors=[Conflict]),
    post(f"{_ONE}/approve", approve, status=202, errors=[Invalid, NotFound, Conflict]),
    post(f"{_ONE}/force_accept", force_accept, status=202, errors=[NotFound, Conflict]),
    post(f"{_ONE}/force_deny", force_deny, status=202, errors=[NotFound, Conflict]),
    post(f"{_ONE}/reset", reset, status=202, errors=[NotFound, Conflict]),
]
