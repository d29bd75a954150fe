"""HTTP routes of XP, tiers, keys and rewards."""

from typing import Annotated

from msgspec import Meta, Struct

from genjilib.core.errors import Invalid, NotFound
from genjilib.db import Db
from genjilib.lootbox import rules
from genjilib.lootbox.types import TierChangeResponse, XpGrantRequest, XpGrantResponse
from genjilib.web.routes import get, post

Xp = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class TierQuery(Struct):
    """Two amounts of XP to compare."""

    old_xp: Xp
    new_xp: Xp


async def grant_xp(db: Db, user_id: int, body: XpGrantRequest) -> XpGrantResponse:
    """Give a user XP, with the keys and notifications of the tiers it passes."""
    async with db.transaction() as tx:
        return await rules.grant_xp(tx, user_id, body)


async def tier_change(db: Db, query: TierQuery) -> TierChangeResponse:
    """Compare the tiers of two amounts of XP."""
    return await rules.tier_change(db, query.old_xp, query.new_xp)


routes = [
    post("/api/v3/lootbox/users/{user_id:int}/xp", grant_xp, status=200, errors=[Invalid, NotFound]),
    get("/api/v3/lootbox/xp/tier", tier_change),
]
