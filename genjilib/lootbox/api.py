"""HTTP routes of XP, tiers, keys and rewards."""

from typing import Annotated

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.lootbox import rules
from genjilib.lootbox.types import (
    KeyType,
    TierChangeResponse,
    XpGrantRequest,
    XpGrantResponse,
    XPMultiplierRequest,
)
from genjilib.queries.lootbox import (
    DrawnReward,
    LootboxKeyTypeResponse,
    RewardTypeResponse,
    UserLootboxKeyAmountResponse,
    UserRewardResponse,
    XpSummaryResponse,
)
from genjilib.web.routes import get, patch, post

Xp = Annotated[int, Meta(ge=0, le=2_147_483_647)]
RewardName = Annotated[str, Meta(min_length=1, max_length=100)]
Word = Annotated[str, Meta(max_length=50)]


class KeysQuery(Struct):
    """Which keys to return; all without a type."""

    key_type: KeyType | None = None


class RewardsQuery(KeysQuery):
    """Which rewards to return; all without filters."""

    reward_type: Word | None = None
    rarity: Word | None = None


class DrawQuery(Struct):
    """What the contract lets a client say; a key always shows three rewards."""

    amount: int = 1


class TierQuery(Struct):
    """Two amounts of XP to compare."""

    old_xp: Xp
    new_xp: Xp


async def rewards(db: Db, settings: Settings, query: RewardsQuery) -> list[RewardTypeResponse]:
    """Return everything that lootboxes can hold."""
    return await queries.lootbox.rewards(
        db,
        reward_type=query.reward_type,
        key_type=query.key_type,
        rarity=query.rarity,
        cdn_url=settings.s3_public_url,
    )


async def keys(db: Db, query: KeysQuery) -> list[LootboxKeyTypeResponse]:
    """Return the types of keys."""
    return await queries.lootbox.keys(db, key_type=query.key_type)


async def user_rewards(
    db: Db, settings: Settings, user_id: int, query: RewardsQuery
) -> list[UserRewardResponse]:
    """Return what a user has earned: rewards of lootboxes, and as `mastery` the mastery of maps."""
    return await queries.lootbox.user_rewards(
        db,
        user_id=user_id,
        reward_type=query.reward_type,
        key_type=query.key_type,
        rarity=query.rarity,
        cdn_url=settings.s3_public_url,
    )


async def user_keys(db: Db, user_id: int, query: KeysQuery) -> list[UserLootboxKeyAmountResponse]:
    """Return how many keys of each type a user has."""
    return await queries.lootbox.user_keys(db, user_id=user_id, key_type=query.key_type)


async def draw(
    db: Db, settings: Settings, user_id: int, key_type: KeyType, query: DrawQuery
) -> list[DrawnReward]:
    """Spend a key and return up to three rewards, of which the user may pick one."""
    return await rules.draw(db, user_id, key_type, cdn_url=settings.s3_public_url)


async def pick(
    db: Db, settings: Settings, user_id: int, key_type: KeyType, reward_type: Word, reward_name: RewardName
) -> RewardTypeResponse:
    """Give a user the reward it picked of a draw, or coins where it has that reward already."""
    return await rules.pick(db, user_id, key_type, reward_type, reward_name, cdn_url=settings.s3_public_url)


async def grant_key(db: Db, user_id: int, key_type: KeyType) -> None:
    """Give a user a key."""
    await rules.grant_key(db, user_id, key_type)


async def grant_active_key(db: Db, user_id: int) -> None:
    """Give a user a key of the type that is active now."""
    await rules.grant_active_key(db, user_id)


async def give(db: Db, user_id: int, key_type: KeyType, reward_type: Word, reward_name: RewardName) -> None:
    """Give a user a reward without a key; of the type `coins` the name is their number."""
    await rules.give(db, user_id, key_type, reward_type, reward_name)


async def set_active_key(db: Db, key_type: KeyType) -> None:
    """Choose the type of the keys that are earned from now on."""
    await rules.set_active_key(db, key_type)


async def coins(db: Db, user_id: int) -> int:
    """Return how many coins a user has; 0 for an unknown user."""
    return await queries.lootbox.coins(db, user_id=user_id)


async def xp_summary(db: Db, user_id: int) -> XpSummaryResponse:
    """Return a user's XP, its tier and what the next ones ask for."""
    return await rules.xp_summary(db, user_id)


async def grant_xp(db: Db, who: Principal, user_id: int, body: XpGrantRequest) -> XpGrantResponse:
    """Give a user XP, with the keys and notifications of the tiers it passes."""
    return await rules.give_xp(db, user_id, body, by=who.user_id)


async def tier_change(db: Db, query: TierQuery) -> TierChangeResponse:
    """Compare the tiers of two amounts of XP."""
    return await rules.tier_change(db, query.old_xp, query.new_xp)


async def set_multiplier(db: Db, body: XPMultiplierRequest) -> None:
    """Set what granted XP is multiplied by."""
    await rules.set_multiplier(db, body.value)


async def multiplier(db: Db) -> float:
    """Return what granted XP is multiplied by."""
    return await queries.lootbox.multiplier(db)


routes = [
    get("/api/v3/lootbox/rewards", rewards),
    get("/api/v3/lootbox/keys", keys),
    get("/api/v3/lootbox/users/{user_id:int}/rewards", user_rewards),
    get("/api/v3/lootbox/users/{user_id:int}/keys", user_keys),
    get("/api/v3/lootbox/users/{user_id:int}/keys/{key_type}", draw, errors=[Invalid]),
    post(
        "/api/v3/lootbox/users/{user_id:int}/{key_type}/{reward_type}/{reward_name}",
        pick,
        status=200,
        errors=[Invalid, NotFound],
    ),
    post("/api/v3/lootbox/users/{user_id:int}/keys/{key_type}", grant_key, status=204, errors=[NotFound]),
    post("/api/v3/lootbox/users/{user_id:int}/keys", grant_active_key, status=204, errors=[NotFound]),
    post(
        "/api/v3/lootbox/users/debug/{user_id:int}/{key_type}/{reward_type}/{reward_name}",
        give,
        status=204,
        errors=[Invalid, NotFound],
    ),
    patch("/api/v3/lootbox/keys/{key_type}", set_active_key, status=204),
    get("/api/v3/lootbox/users/{user_id:int}/coins", coins),
    get("/api/v3/lootbox/users/{user_id:int}/xp-summary", xp_summary, errors=[NotFound]),
    post("/api/v3/lootbox/users/{user_id:int}/xp", grant_xp, status=200, errors=[Invalid, NotFound]),
    get("/api/v3/lootbox/xp/tier", tier_change),
    post("/api/v3/lootbox/xp/multiplier", set_multiplier, status=204),
    get("/api/v3/lootbox/xp/multiplier", multiplier),
]
