"""What XP is given for and what it brings: tiers, keys, prestige; what keys bring: rewards and coins."""

from decimal import Decimal
from typing import Final

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.values import XpType
from genjilib.db import Db, Executor, Tx
from genjilib.lootbox.types import (
    KeyType,
    TierChangeResponse,
    XpGrantEvent,
    XpGrantRequest,
    XpGrantResponse,
)
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest, NotificationType
from genjilib.queries.lootbox import (
    DrawnReward,
    RewardRow,
    RewardTypeResponse,
    XpSummaryResponse,
)
from genjilib.users import rules as users

XP_PER_TIER: Final = 100
KEYS_PER_RANK = 1
KEYS_PER_PRESTIGE = 15
REWARDS_PER_KEY: Final = 3
"""How many rewards a key shows; its owner picks one of them."""
LARGEST_GIFT: Final = 1_000_000
"""The most coins that are given away at once without a key."""


async def grant_xp(tx: Tx, user_id: int, grant: XpGrantRequest) -> XpGrantResponse:
    """Give XP within the caller's transaction; keys and notifications of the tiers passed come with it.

    Raises ``NotFound`` for an unknown user and ``Invalid`` when less than nothing would be left.
    """
    row = await queries.lootbox.grant_xp(tx, user_id=user_id, amount=grant.amount, type=grant.type)
    if row is None:
        raise users.not_found(user_id)
    if row.new_amount < 0:
        raise Invalid("A user cannot have less than 0 XP.", code="negative-xp")
    await granted(tx, user_id, grant, row.previous_amount, row.new_amount)
    return XpGrantResponse(row.previous_amount, row.new_amount)


async def granted(tx: Tx, user_id: int, grant: XpGrantRequest, old_xp: int, new_xp: int) -> None:
    """Tell of XP that was given, and give the keys of the tiers passed."""
    await outbox.emit(
        tx,
        XpGrantEvent(
            user_id=user_id,
            amount=grant.amount,
            type=grant.type,
            previous_amount=old_xp,
            new_amount=new_xp,
            reason=grant.reason,
        ),
    )
    if new_xp > old_xp:
        await _reward_step(tx, user_id, grant.type, old_xp, new_xp)


async def give_xp(db: Db, user_id: int, grant: XpGrantRequest, *, by: int | None) -> XpGrantResponse:
    """Give XP as the moderator ``by``, or as a service, which is none; raises what ``grant_xp`` raises."""
    async with db.transaction() as tx:
        given = await grant_xp(tx, user_id, grant)
        await queries.audit.record(
            tx,
            actor_id=by,
            action="lootbox.grant_xp",
            subject_id=user_id,
            reason=f"{given.new_amount - given.previous_amount} XP: {grant.reason or '-'}",
        )
    return given


async def tier_change(db: Executor, old_xp: int, new_xp: int) -> TierChangeResponse:
    """Compare the tiers of two amounts of XP.

    ``XP_PER_TIER`` make a sub-tier, five of those a main tier, twenty of those (10,000 XP) a prestige level.
    """
    row = await queries.lootbox.tiers(db, old_xp=old_xp, new_xp=new_xp)
    main = row.old_main != row.new_main
    sub = row.old_sub != row.new_sub
    return TierChangeResponse(
        old_xp=old_xp,
        new_xp=new_xp,
        old_main_tier_name=row.old_main,
        new_main_tier_name=row.new_main,
        old_sub_tier_name=row.old_sub,
        new_sub_tier_name=row.new_sub,
        old_prestige_level=row.old_prestige,
        new_prestige_level=row.new_prestige,
        rank_change_type="Main Tier Rank Up" if main else "Sub-Tier Rank Up" if sub else None,
        prestige_change=row.old_prestige != row.new_prestige,
    )


async def xp_summary(db: Executor, user_id: int) -> XpSummaryResponse:
    """Return a user's XP and tiers; ``NotFound`` for an unknown user."""
    found = await queries.lootbox.xp_summary(db, user_id=user_id)
    if found is None:
        raise users.not_found(user_id)
    return found


async def draw(db: Db, user_id: int, key_type: KeyType, *, cdn_url: str) -> list[DrawnReward]:
    """Spend a key and show what it may turn into, at most three rewards; ``pick`` then takes one of them.

    Rarities are drawn by the weights of ``lootbox.rarities``, then each reward of one is as likely as
    another. Raises ``Invalid`` when the user has no key of the type.
    """
    async with db.transaction() as tx:
        # One user's draws wait for each other here, so a key is spent once.
        await queries.users.lock(tx, user_id=user_id)
        if not await queries.lootbox.use_key(tx, user_id=user_id, key_type=key_type):
            raise Invalid(f"The user has no {key_type} key.", code="insufficient-keys")
        return await queries.lootbox.draw(
            tx, user_id=user_id, key_type=key_type, amount=REWARDS_PER_KEY, cdn_url=cdn_url
        )


async def pick(
    db: Db, user_id: int, key_type: KeyType, reward_type: str, name: str, *, cdn_url: str
) -> RewardTypeResponse:
    """Give a user one of the rewards that a key has shown, or its worth in coins where it has it already.

    Every draw is good for one reward. Raises ``NotFound`` for an unknown reward and ``Invalid`` for one that
    no open draw has shown.
    """
    async with db.transaction() as tx:
        await queries.users.lock(tx, user_id=user_id)
        reward = await _reward(tx, key_type, reward_type, name, cdn_url)
        taken = await queries.lootbox.take_offer(
            tx, user_id=user_id, key_type=key_type, reward_type=reward_type, reward_name=name
        )
        if not taken:
            raise Invalid("No key of the user has shown this reward.", code="insufficient-keys")
        added = await _give(tx, user_id, reward)
        coins = 0 if added else reward.duplicate_coins
        if coins:
            await change_coins(tx, user_id, coins)
    return RewardTypeResponse(name, key_type, reward.rarity, reward_type, not added, coins, reward.url)


async def give(db: Db, user_id: int, key_type: KeyType, reward_type: str, name: str) -> None:
    """Give a user a reward, or any number of coins, without a key.

    Raises ``NotFound`` for an unknown user or reward and ``Invalid`` for what is no number of coins.
    """
    async with db.transaction() as tx:
        if await queries.users.lock(tx, user_id=user_id) is None:
            raise users.not_found(user_id)
        if reward_type == "coins":
            await change_coins(tx, user_id, _coins(name))
        else:
            await _give(tx, user_id, await _reward(tx, key_type, reward_type, name, ""))


async def change_coins(tx: Tx, user_id: int, amount: int) -> int:
    """Give a user coins, or take some with a negative ``amount``; return how many it has now.

    Raises ``Invalid`` when the user has not that many; of parallel payments those win that can be paid.
    """
    left = await queries.lootbox.change_coins(tx, user_id=user_id, amount=amount)
    if left is None:
        raise Invalid("The user has not enough coins.", code="insufficient-coins")
    return left


async def grant_key(db: Db, user_id: int, key_type: KeyType) -> None:
    """Give a user a key; ``NotFound`` for an unknown user."""
    await queries.lootbox.grant_key(db, user_id=user_id, key_type=key_type)


async def grant_active_key(db: Db, user_id: int) -> None:
    """Give a user a key of the active type; ``NotFound`` for an unknown user."""
    await queries.lootbox.grant_keys(db, user_id=user_id, amount=1)


async def set_active_key(db: Db, key_type: KeyType) -> None:
    """Choose the type of the keys that are earned from now on."""
    await queries.lootbox.set_active_key(db, key_type=key_type)


async def set_multiplier(db: Db, value: float) -> None:
    """Set what granted XP is multiplied by."""
    await queries.lootbox.set_multiplier(db, value=Decimal(repr(value)))


async def _reward(tx: Tx, key_type: KeyType, reward_type: str, name: str, cdn_url: str) -> RewardRow:
    found = await queries.lootbox.reward(
        tx, key_type=key_type, reward_type=reward_type, reward_name=name, cdn_url=cdn_url
    )
    if found is None:
        raise NotFound("There is no such reward.", code="reward-not-found")
    return found


async def _give(tx: Tx, user_id: int, reward: RewardRow) -> bool:
    """Return whether the user did not have it yet; coins add up, nobody ever has them already."""
    if reward.type == "coins":
        await change_coins(tx, user_id, _coins(reward.name))
        return True
    return bool(
        await queries.lootbox.add_reward(
            tx, user_id=user_id, key_type=reward.key_type, reward_type=reward.type, reward_name=reward.name
        )
    )


def _coins(name: str) -> int:
    if not (name.isascii() and name.isdecimal() and len(name) < 10 and 0 < int(name) <= LARGEST_GIFT):
        raise Invalid(f"Coins are a number from 1 to {LARGEST_GIFT}.", code="bad-coins")
    return int(name)


async def _reward_step(tx: Tx, user_id: int, kind: XpType, old_xp: int, new_xp: int) -> None:
    told: list[tuple[NotificationType, str, str]] = [
        ("xp_gain", "XP gained", f"You gained {new_xp - old_xp} XP ({kind}).")
    ]
    if old_xp // XP_PER_TIER != new_xp // XP_PER_TIER:
        step = await tier_change(tx, old_xp, new_xp)
        keys = 0
        if step.rank_change_type is not None:
            keys += KEYS_PER_RANK
            tier = f"{step.new_main_tier_name} {step.new_sub_tier_name}"
            told.append(("rank_up", "Rank up", f"You are now {tier}."))
        if step.prestige_change:
            keys += KEYS_PER_PRESTIGE
            told.append(("prestige", "Prestige", f"You reached prestige {step.new_prestige_level}."))
        if keys:
            await queries.lootbox.grant_keys(tx, user_id=user_id, amount=keys)
            text = "a lootbox key" if keys == 1 else f"{keys} lootbox keys"
            told.append(("lootbox_earned", "Lootbox earned", f"You earned {text}."))
    await notifications.notify(tx, *(NotificationCreateRequest(user_id, *each) for each in told))
