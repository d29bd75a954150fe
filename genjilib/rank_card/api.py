"""HTTP routes of rank cards."""

import asyncio

import msgspec
from aiohttp import web
from msgspec import Struct

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.queries.rank_card import AvatarResponse, BackgroundResponse
from genjilib.rank_card import picture, rules
from genjilib.rank_card.types import (
    AvatarPoseBody,
    AvatarSkinBody,
    BackgroundBody,
    RankCardBadgeSettings,
    RankCardFilter,
    RankCardResponse,
)
from genjilib.web.routes import get, put
from genjilib.web.versions import is_known, tag_of


class CardQuery(Struct):
    """Which maps the difficulties of the card count."""

    filter: RankCardFilter = "official_playable"


async def card(db: Db, settings: Settings, user_id: int, query: CardQuery) -> RankCardResponse:
    """Return a user's rank card."""
    return await rules.card(db, user_id, query.filter, cdn_url=settings.s3_public_url)


async def image(
    request: web.Request, db: Db, settings: Settings, user_id: int, query: CardQuery
) -> web.Response:
    """Return a user's rank card as a PNG picture.

    Its ETag follows from what the card says, so a client that has the picture gets 304 before it is drawn.
    """
    shown = await rules.card(db, user_id, query.filter, cdn_url=settings.s3_public_url)
    said = msgspec.json.encode(shown)
    tag = tag_of(said, picture.LOOK)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=60"}
    if is_known(request, tag):
        return web.Response(status=304, headers=headers)
    body = await asyncio.to_thread(picture.draw, said)
    return web.Response(body=body, content_type="image/png", headers=headers)


async def background(db: Db, settings: Settings, user_id: int) -> BackgroundResponse:
    """Return the background of a user's rank card."""
    return await queries.rank_card.background(db, user_id=user_id, cdn_url=settings.s3_public_url)


async def set_background(
    db: Db, settings: Settings, user_id: int, body: BackgroundBody
) -> BackgroundResponse:
    """Choose the background of a user's rank card."""
    return await rules.set_background(db, user_id, body.name, cdn_url=settings.s3_public_url)


async def avatar(db: Db, settings: Settings, user_id: int) -> AvatarResponse:
    """Return the skin and pose of a user's avatar."""
    return await queries.rank_card.avatar(db, user_id=user_id, cdn_url=settings.s3_public_url)


async def set_skin(db: Db, settings: Settings, user_id: int, body: AvatarSkinBody) -> AvatarResponse:
    """Choose the skin of a user's avatar."""
    return await rules.set_skin(db, user_id, body.skin, cdn_url=settings.s3_public_url)


async def set_pose(db: Db, settings: Settings, user_id: int, body: AvatarPoseBody) -> AvatarResponse:
    """Choose the pose of a user's avatar."""
    return await rules.set_pose(db, user_id, body.pose, cdn_url=settings.s3_public_url)


async def badges(db: Db, settings: Settings, user_id: int) -> RankCardBadgeSettings:
    """Return the badges of a user's rank card."""
    return await rules.badges(db, user_id, cdn_url=settings.s3_public_url)


async def set_badges(db: Db, user_id: int, body: RankCardBadgeSettings) -> None:
    """Choose the badges of a user's rank card; addresses in the request are ignored."""
    await rules.set_badges(db, user_id, body)


routes = [
    get("/api/v3/users/{user_id:int}/rank-card", card, errors=[NotFound]),
    get("/api/v3/users/{user_id:int}/rank-card/image", image, errors=[NotFound], etag=True),
    get("/api/v3/users/{user_id:int}/rank-card/background", background),
    put("/api/v3/users/{user_id:int}/rank-card/background", set_background, errors=[NotFound]),
    get("/api/v3/users/{user_id:int}/rank-card/avatar/skin", avatar),
    put("/api/v3/users/{user_id:int}/rank-card/avatar/skin", set_skin, errors=[NotFound]),
    get("/api/v3/users/{user_id:int}/rank-card/avatar/pose", avatar),
    put("/api/v3/users/{user_id:int}/rank-card/avatar/pose", set_pose, errors=[NotFound]),
    get("/api/v3/users/{user_id:int}/rank-card/badges", badges),
    put("/api/v3/users/{user_id:int}/rank-card/badges", set_badges, status=204, errors=[NotFound]),
]
