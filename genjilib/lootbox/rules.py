"""What XP is given for and what it brings: tiers, keys, prestige."""

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid
from genjilib.db import Executor, Tx
from genjilib.lootbox.types import (
    TierChangeResponse,
    XpGrantEvent,
    XpGrantRequest,
    XpGrantResponse,
    XpType,
)
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest, NotificationType
from genjilib.users import rules as users

KEYS_PER_RANK = 1
KEYS_PER_PRESTIGE = 15


async def grant_xp(tx: Tx, user_id: int, grant: XpGrantRequest) -> XpGrantResponse:
    """Give XP within the caller's transaction; keys and notifications of the tiers passed come with it.

    Raises ``NotFound`` for an unknown user and ``Invalid`` when less than nothing would be left.
    """
    if await queries.users.lock(tx, user_id=user_id) is None:
        raise users.not_found(user_id)
    row = await queries.lootbox.grant_xp(tx, user_id=user_id, amount=grant.amount, type=grant.type)
    if row.new_amount < 0:
        raise Invalid("A user cannot have less than 0 XP.", code="negative-xp")
    await outbox.emit(
        tx,
        XpGrantEvent(
            user_id=user_id,
            amount=grant.amount,
            type=grant.type,
            previous_amount=row.previous_amount,
            new_amount=row.new_amount,
            reason=grant.reason,
        ),
    )
    if row.new_amount > row.previous_amount:
        await _reward_step(
            tx, user_id, grant.type, await tier_change(tx, row.previous_amount, row.new_amount)
        )
    return XpGrantResponse(row.previous_amount, row.new_amount)


async def tier_change(db: Executor, old_xp: int, new_xp: int) -> TierChangeResponse:
    """Compare the tiers of two amounts of XP.

    100 XP make a sub-tier, five of those a main tier, twenty of those (10,000 XP) a prestige level.
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


async def _reward_step(tx: Tx, user_id: int, kind: XpType, step: TierChangeResponse) -> None:
    gained = step.new_xp - step.old_xp
    await _notify(tx, user_id, "xp_gain", "XP gained", f"You gained {gained} XP ({kind}).")
    keys = 0
    if step.rank_change_type is not None:
        keys += KEYS_PER_RANK
        tier = f"{step.new_main_tier_name} {step.new_sub_tier_name}"
        await _notify(tx, user_id, "rank_up", "Rank up", f"You are now {tier}.")
    if step.prestige_change:
        keys += KEYS_PER_PRESTIGE
        await _notify(tx, user_id, "prestige", "Prestige", f"You reached prestige {step.new_prestige_level}.")
    if keys:
        await queries.lootbox.grant_keys(tx, user_id=user_id, amount=keys)
        text = "a lootbox key" if keys == 1 else f"{keys} lootbox keys"
        await _notify(tx, user_id, "lootbox_earned", "Lootbox earned", f"You earned {text}.")


async def _notify(tx: Tx, user_id: int, kind: NotificationType, title: str, body: str) -> None:
    await notifications.notify(tx, NotificationCreateRequest(user_id, kind, title, body))
