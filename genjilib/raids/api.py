"""HTTP routes of the raids; ids of players and instances are texts, too long for numbers of JavaScript."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.db import Db
from genjilib.queries.raids import (
    ContestLeaderboardRow,
    GetInstanceRow,
    GlobalLeaderboardRow,
    SearchPlayersRow,
)
from genjilib.web.paging import Page
from genjilib.web.routes import get

Category = Literal["clears", "freshClears", "sherpas", "speedrun", "powerRankings"]


class SearchQuery(Struct, frozen=True, kw_only=True):
    """How the names of wanted players begin; without ``count`` twenty are returned."""

    query: Annotated[str, Meta(min_length=1, max_length=40)]
    count: Annotated[int, Meta(ge=1, le=50)] = 20
    membership_type: Annotated[int, Meta(ge=1, le=6)] | UnsetType = UNSET


class BoardQuery(Page, frozen=True, kw_only=True):
    """Which page of a leaderboard to return."""

    page_size: Annotated[int, Meta(ge=10, le=100)] = 50


class GlobalBoardQuery(BoardQuery, frozen=True, kw_only=True):
    """Which page of which leaderboard over all raids to return."""

    category: Category = "clears"


async def search_players(db: Db, query: SearchQuery) -> list[SearchPlayersRow]:
    """Return players whose name begins with a text, the likeliest first."""
    prefix = query.query.lower()
    return await queries.raids.search_players(
        db, prefix=prefix, membership_type=query.membership_type, n=query.count
    )


async def get_instance(db: Db, instance_id: int) -> GetInstanceRow:
    """Return an instance with its players, their characters and weapons."""
    found = await queries.raids.get_instance(db, instance_id=instance_id)
    if found is None:
        raise NotFound("This instance is not stored.", code="instance-not-found")
    return found


async def global_leaderboard(db: Db, query: GlobalBoardQuery) -> list[GlobalLeaderboardRow]:
    """Return a page of the leaderboard over all raids; a speedrun's value is in seconds."""
    return await queries.raids.global_leaderboard(
        db, category=query.category, order=query.category, size=query.limit, skip=query.offset
    )


async def contest_leaderboard(db: Db, raid: str, query: BoardQuery) -> list[ContestLeaderboardRow]:
    """Return a page of the teams of a contest, by seconds since the release."""
    if not await queries.raids.raid_exists(db, raid=raid):
        raise NotFound("There is no raid of this path.", code="raid-not-found")
    return await queries.raids.contest_leaderboard(db, raid=raid, size=query.limit, skip=query.offset)


routes = [
    get("/api/v3/raids/player/search", search_players, scopes=["raids:read"]),
    get("/api/v3/raids/instance/{instance_id:int}", get_instance, scopes=["raids:read"], errors=[NotFound]),
    get("/api/v3/raids/leaderboard/individual/global", global_leaderboard, scopes=["raids:read"]),
    get(
        "/api/v3/raids/leaderboard/team/contest/{raid}",
        contest_leaderboard,
        scopes=["raids:read"],
        errors=[NotFound],
    ),
]
