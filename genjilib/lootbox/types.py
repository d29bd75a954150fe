"""XP, tiers, keys and rewards as routes and events speak of them."""

from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct

from genjilib.core.events import Event
from genjilib.core.values import XpType

KeyType = Literal["Classic", "Winter", "Summer", "Halloween", "Spring", "Autumn"]

XP_AMOUNTS: Final[dict[XpType, int]] = {
    "Map Submission": 30,
    "Playtest": 35,
    "Guide": 35,
    "Completion": 5,
    "Record": 15,
    "World Record": 50,
}
"""What an action earns before the multiplier."""


class XpGrantRequest(Struct):
    """XP to give, before the multiplier; a negative amount takes some back."""

    amount: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
    type: XpType
    reason: Annotated[str, Meta(max_length=500)] | None = None


class XPMultiplierRequest(Struct):
    """What XP is multiplied by from now on; two decimals are kept."""

    value: Annotated[float, Meta(ge=1, le=10)]


class XpGrantResponse(Struct):
    """A user's XP before and after."""

    previous_amount: int
    new_amount: int


class TierChangeResponse(Struct):
    """Which tiers two amounts of XP belong to, and what kind of step lies between them."""

    old_xp: int
    new_xp: int
    old_main_tier_name: str
    new_main_tier_name: str
    old_sub_tier_name: str
    new_sub_tier_name: str
    old_prestige_level: int
    new_prestige_level: int
    rank_change_type: Literal["Main Tier Rank Up", "Sub-Tier Rank Up"] | None
    prestige_change: bool


class XpGrantEvent(Event, frozen=True, kw_only=True):
    """A user's XP changed; ``amount`` is what was given before the multiplier."""

    queue: ClassVar[str] = "api.xp.grant"
    user_id: int
    amount: int
    type: XpType
    previous_amount: int
    new_amount: int
    reason: str | None = None

    def order_key(self) -> str:
        """Announce one user's steps in their order."""
        return f"user:{self.user_id}"
