"""HTTP routes of the community leaderboard and of statistics."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.json import Json
from genjilib.core.values import MapCode
from genjilib.db import Db
from genjilib.queries.community import (
    CommunityLeaderboardResponse,
    MapCompletionStatisticsResponse,
    MapCountsResponse,
    MapPerDifficultyStatisticsResponse,
    MapRecordProgressionResponse,
    PlayersPerSkillTierResponse,
    PlayersPerXPTierResponse,
    PopularMapsStatisticsResponse,
    TimePlayedPerRankResponse,
    TopCreatorsResponse,
)
from genjilib.web.paging import Page
from genjilib.web.routes import get

SortColumn = Literal[
    "xp_amount",
    "nickname",
    "prestige_level",
    "wr_count",
    "map_count",
    "playtest_count",
    "discord_tag",
    "skill_rank",
    "skill_score",
]
Word = Annotated[str, Meta(max_length=50)]


class LeaderboardQuery(Page, frozen=True, kw_only=True):
    """Which players to return: part of a name, XP tier ("Ronin IV") and skill rank, and in which order."""

    name: Annotated[str, Meta(max_length=100)] | None = None
    tier_name: Word | None = None
    skill_rank: Word | None = None
    sort_column: SortColumn = "xp_amount"
    sort_direction: Literal["asc", "desc"] = "asc"

    @property
    def pattern(self) -> str | None:
        """Return the pattern of the names that contain ``name``, whose own signs stand for themselves."""
        if not self.name:
            return None
        plain = self.name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"%{plain}%"


class CodeQuery(Struct):
    """The map to look at."""

    code: MapCode


async def leaderboard(db: Db, query: LeaderboardQuery) -> Json[list[CommunityLeaderboardResponse]]:
    """Return players with all that the community counts of them."""
    return await queries.community.leaderboard.json(
        db,
        pattern=query.pattern,
        tier_name=query.tier_name or None,
        skill_rank=query.skill_rank or None,
        size=query.limit,
        skip=query.offset,
        # Every column goes with both directions.
        order=f"{query.sort_column}_{query.sort_direction}",  # pyright: ignore[reportArgumentType]
    )


async def players_per_xp_tier(db: Db) -> list[PlayersPerXPTierResponse]:
    """Return how many players each main XP tier has, lowest first; counted from 501 XP on."""
    return await queries.community.players_per_xp_tier(db)


async def players_per_skill_rank(db: Db) -> list[PlayersPerSkillTierResponse]:
    """Return how many players each skill rank has, lowest first."""
    return await queries.community.players_per_skill_rank(db)


async def map_completions(db: Db, query: CodeQuery) -> list[MapCompletionStatisticsResponse]:
    """Return the shortest, longest and average time of a map's verified runs; empty for an unknown map."""
    found = await queries.community.map_completions(db, code=query.code)
    return [] if found is None else [found]


async def maps_per_difficulty(db: Db) -> list[MapPerDifficultyStatisticsResponse]:
    """Return how many official maps each difficulty has, easiest first."""
    return await queries.community.maps_per_difficulty(db)


async def popular_maps(db: Db) -> Json[list[PopularMapsStatisticsResponse]]:
    """Return the five maps of each difficulty with the most runs."""
    return await queries.community.popular_maps.json(db)


async def popular_creators(db: Db) -> Json[list[TopCreatorsResponse]]:
    """Return creators of at least three rated maps, best average quality first."""
    return await queries.community.popular_creators.json(db)


async def unarchived_maps(db: Db) -> Json[list[MapCountsResponse]]:
    """Return how many maps in the open each map name has, most first."""
    return await queries.community.map_counts.json(db, archived=False, hidden=False)


async def all_maps(db: Db) -> Json[list[MapCountsResponse]]:
    """Return how many maps each map name has, most first."""
    return await queries.community.map_counts.json(db)


async def record_progression(db: Db, code: MapCode, user_id: int) -> list[MapRecordProgressionResponse]:
    """Return a player's times on a map, best first."""
    return await queries.community.record_progression(db, code=code, user_id=user_id)


async def time_played(db: Db) -> list[TimePlayedPerRankResponse]:
    """Return the seconds of all verified runs on the maps of each difficulty, easiest first."""
    return await queries.community.time_played(db)


routes = [
    get("/api/v3/community/leaderboard", leaderboard),
    get("/api/v3/community/statistics/xp/players", players_per_xp_tier, together=True),
    get("/api/v3/community/statistics/skill/players", players_per_skill_rank, together=True),
    get("/api/v3/community/statistics/maps/completions", map_completions),
    get("/api/v3/community/statistics/maps/difficulty", maps_per_difficulty, together=True),
    get("/api/v3/community/statistics/maps/popular", popular_maps, together=True),
    get("/api/v3/community/statistics/creators/popular", popular_creators, together=True),
    get("/api/v3/community/statistics/maps/unarchived", unarchived_maps, together=True),
    get("/api/v3/community/statistics/maps/all", all_maps, together=True),
    get("/api/v3/community/statistics/maps/{code}/user/{user_id:int}", record_progression),
    get("/api/v3/community/statistics/ranks/time-played", time_played, together=True),
]
