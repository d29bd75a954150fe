"""What a rank card shows, and what its owner may choose of it."""

import msgspec
from msgspec import UNSET

from genjilib import queries
from genjilib.db import Db, Executor
from genjilib.queries.rank_card import AvatarResponse, BackgroundResponse
from genjilib.rank_card.types import (
    RankCardBadgeSettings,
    RankCardDifficultiesData,
    RankCardFilter,
    RankCardResponse,
)
from genjilib.users import rules as users


async def card(db: Executor, user_id: int, maps: RankCardFilter, *, cdn_url: str) -> RankCardResponse:
    """Return a user's rank card; ``maps`` says which maps the difficulties count. ``NotFound`` for nobody."""
    standing = await queries.rank_card.standing(db, user_id=user_id, cdn_url=cdn_url)
    if standing is None:
        raise users.not_found(user_id)
    official, _, extent = maps.partition("_")
    progress = await queries.rank_card.progress(
        db,
        user_id=user_id,
        official=official == "official",
        playable=True if extent == "playable" else UNSET,
    )
    background = await queries.rank_card.background(db, user_id=user_id, cdn_url=cdn_url)
    avatar = await queries.rank_card.avatar(db, user_id=user_id, cdn_url=cdn_url)
    return RankCardResponse(
        **msgspec.structs.asdict(standing),
        background=background.name,
        background_url=background.url,
        difficulties={
            row.difficulty: msgspec.convert(row, RankCardDifficultiesData, from_attributes=True)
            for row in progress
        },
        avatar_skin=avatar.skin,
        avatar_pose=avatar.pose,
        avatar_url=avatar.url,
        badges=await badges(db, user_id, cdn_url=cdn_url),
    )


async def badges(db: Executor, user_id: int, *, cdn_url: str) -> RankCardBadgeSettings:
    """Return the badges a user has chosen; empty slots for who has chosen none."""
    row = await queries.rank_card.badges(db, user_id=user_id, cdn_url=cdn_url)
    if row is None:
        return RankCardBadgeSettings()
    return RankCardBadgeSettings(**msgspec.structs.asdict(row))


async def set_background(db: Db, user_id: int, name: str, *, cdn_url: str) -> BackgroundResponse:
    """Choose a background; ``NotFound`` for an unknown user."""
    async with db.transaction() as tx:
        await queries.rank_card.set_background(tx, user_id=user_id, name=name)
        return await queries.rank_card.background(tx, user_id=user_id, cdn_url=cdn_url)


async def set_skin(db: Db, user_id: int, skin: str, *, cdn_url: str) -> AvatarResponse:
    """Choose the avatar's skin; ``NotFound`` for an unknown user."""
    async with db.transaction() as tx:
        await queries.rank_card.set_skin(tx, user_id=user_id, skin=skin)
        return await queries.rank_card.avatar(tx, user_id=user_id, cdn_url=cdn_url)


async def set_pose(db: Db, user_id: int, pose: str, *, cdn_url: str) -> AvatarResponse:
    """Choose the avatar's pose; ``NotFound`` for an unknown user."""
    async with db.transaction() as tx:
        await queries.rank_card.set_pose(tx, user_id=user_id, pose=pose)
        return await queries.rank_card.avatar(tx, user_id=user_id, cdn_url=cdn_url)


async def set_badges(db: Db, user_id: int, chosen: RankCardBadgeSettings) -> None:
    """Choose all six badges; ``NotFound`` for an unknown user."""
    given = msgspec.structs.asdict(chosen)
    slots = {name: value for name, value in given.items() if not name.startswith("badge_url")}
    await queries.rank_card.set_badges(db, user_id=user_id, **slots)
