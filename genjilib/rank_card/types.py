"""Rank cards as routes speak of them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from genjilib.core.values import DifficultyTop

RankCardFilter = Literal["official_playable", "official_all", "unofficial_playable", "unofficial_all"]
"""Maps to count: official or not; only those that can be played, or also archived and unapproved ones."""

RewardName = Annotated[str, Meta(min_length=1, max_length=100)]
BadgeName = Annotated[str, Meta(max_length=100)] | None
BadgeType = Annotated[str, Meta(max_length=50)] | None


class BackgroundBody(Struct):
    """The background to show."""

    name: RewardName


class AvatarSkinBody(Struct):
    """The skin of the avatar."""

    skin: RewardName


class AvatarPoseBody(Struct):
    """The pose of the avatar."""

    pose: RewardName


class RankCardBadgeSettings(Struct):
    """The badges of the six slots; an empty slot is null. Their addresses follow and are never taken."""

    badge_name1: BadgeName = None
    badge_type1: BadgeType = None
    badge_name2: BadgeName = None
    badge_type2: BadgeType = None
    badge_name3: BadgeName = None
    badge_type3: BadgeType = None
    badge_name4: BadgeName = None
    badge_type4: BadgeType = None
    badge_name5: BadgeName = None
    badge_type5: BadgeType = None
    badge_name6: BadgeName = None
    badge_type6: BadgeType = None
    badge_url1: str | None = None
    badge_url2: str | None = None
    badge_url3: str | None = None
    badge_url4: str | None = None
    badge_url5: str | None = None
    badge_url6: str | None = None


class RankCardDifficultiesData(Struct):
    """How many maps of a difficulty there are, and how many a player has completed, with which medal."""

    completed: int
    gold: int
    silver: int
    bronze: int
    total: int


class RankCardResponse(Struct):
    """Everything on a rank card; ``skill_percentile`` is the share of rated players with no more, 0 to 1."""

    rank_name: str
    nickname: str
    background: str
    total_maps_created: int
    total_playtests: int
    world_records: int
    difficulties: dict[DifficultyTop, RankCardDifficultiesData]
    avatar_skin: str
    avatar_pose: str
    badges: RankCardBadgeSettings
    xp: int
    community_rank: str
    prestige_level: int
    skill_score: float
    skill_tier: int
    skill_percentile: float
    skill_tier_name: str
    background_url: str
    rank_url: str
    avatar_url: str
