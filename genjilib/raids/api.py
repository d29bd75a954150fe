"""HTTP routes of the raids; ids of players and instances are texts, too long for numbers of JavaScript."""

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from genjilib import queries
from genjilib.core.errors import Forbidden, NotFound
from genjilib.db import Db
from genjilib.queries.raids import (
    ClanPageRow,
    ContestLeaderboardRow,
    GetInstanceRow,
    GetProfileRow,
    GlobalLeaderboardRow,
    HistoryRow,
    RaidLeaderboardRow,
    SearchPlayersRow,
    StatusRow,
    TeamLeaderboardRow,
)
from genjilib.raids.store import decompress
from genjilib.web.paging import Page
from genjilib.web.routes import get

Category = Literal["clears", "freshClears", "sherpas", "speedrun", "powerRankings"]


RaidCategory = Literal["clears", "freshClears", "sherpas", "timePlayed"]


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


class RaidBoardQuery(BoardQuery, frozen=True, kw_only=True):
    """Which page of which leaderboard of a raid to return."""

    category: RaidCategory = "clears"


class HistoryQuery(Struct, frozen=True, kw_only=True):
    """How many instances to return, and before which."""

    count: Annotated[int, Meta(ge=1, le=250)] = 50
    before: Annotated[int, Meta(ge=1)] = 2**63 - 1


async def search_players(db: Db, query: SearchQuery) -> list[SearchPlayersRow]:
    """Return players whose name begins with a text, the likeliest first."""
    prefix = query.query.lower()
    return await queries.raids.search_players(
        db, prefix=prefix, membership_type=query.membership_type, n=query.count
    )


async def get_profile(db: Db, membership_id: int) -> GetProfileRow:
    """Return a player with all raids they played, and where they stand."""
    found = await queries.raids.get_profile(db, membership_id=membership_id)
    if found is None:
        raise NotFound("There is no player with this id.", code="player-not-found")
    if found.is_private:
        raise Forbidden("This player's profile is private.", code="private-profile")
    return found


async def history(db: Db, membership_id: int, query: HistoryQuery) -> list[HistoryRow]:
    """Return a player's instances, newest first; the last id of a page is ``before`` of the next."""
    await get_profile(db, membership_id)
    return await queries.raids.history(db, membership_id=membership_id, before=query.before, n=query.count)


async def get_instance(db: Db, instance_id: int) -> GetInstanceRow:
    """Return an instance with its players, their characters and weapons."""
    found = await queries.raids.get_instance(db, instance_id=instance_id)
    if found is None:
        raise NotFound("This instance is not stored.", code="instance-not-found")
    return found


async def get_report(db: Db, instance_id: int) -> Any:
    """Return the report of an instance as Bungie sent it, without the envelope."""
    found = await queries.raids.get_report(db, instance_id=instance_id)
    if found is None:
        raise NotFound("There is no report of this instance.", code="report-not-found")
    return Raw(decompress(found))


async def global_leaderboard(db: Db, query: GlobalBoardQuery) -> list[GlobalLeaderboardRow]:
    """Return a page of the leaderboard over all raids; a speedrun's value is in seconds."""
    return await queries.raids.global_leaderboard(
        db, category=query.category, order=query.category, size=query.limit, skip=query.offset
    )


async def contest_leaderboard(db: Db, raid: str, query: BoardQuery) -> list[ContestLeaderboardRow]:
    """Return a page of the teams of a contest, by seconds since the release."""
    await _check_raid(db, raid)
    return await queries.raids.contest_leaderboard(db, raid=raid, size=query.limit, skip=query.offset)


async def raid_leaderboard(db: Db, raid: str, query: RaidBoardQuery) -> list[RaidLeaderboardRow]:
    """Return a page of the leaderboard of one raid; time played is in seconds."""
    await _check_raid(db, raid)
    return await queries.raids.raid_leaderboard(
        db, raid=raid, category=query.category, order=query.category, size=query.limit, skip=query.offset
    )


async def team_leaderboard(db: Db, raid: str, version: str, query: BoardQuery) -> list[TeamLeaderboardRow]:
    """Return a page of the first teams that completed a version of a raid, by seconds since its release."""
    await _check_raid(db, raid)
    return await queries.raids.team_leaderboard(
        db, raid=raid, version=version, size=query.limit, skip=query.offset
    )


async def clans(db: Db, query: BoardQuery) -> list[ClanPageRow]:
    """Return a page of the clans, by their weighted score of contests."""
    return await queries.raids.clan_page(db, size=query.limit, skip=query.offset)


async def status(db: Db) -> StatusRow:
    """Tell how far the crawler is, and how many reports wait."""
    return await queries.raids.status(db)


async def _check_raid(db: Db, raid: str) -> None:
    if not await queries.raids.raid_exists(db, raid=raid):
        raise NotFound("There is no raid of this path.", code="raid-not-found")


READ: Final = ["raids:read"]

routes = [
    get("/api/v3/raids/status", status, scopes=READ),
    get("/api/v3/raids/player/search", search_players, scopes=READ),
    get(
        "/api/v3/raids/player/{membership_id:int}/profile",
        get_profile,
        scopes=READ,
        errors=[NotFound, Forbidden],
    ),
    get(
        "/api/v3/raids/player/{membership_id:int}/history", history, scopes=READ, errors=[NotFound, Forbidden]
    ),
    get("/api/v3/raids/instance/{instance_id:int}", get_instance, scopes=READ, errors=[NotFound]),
    get("/api/v3/raids/pgcr/{instance_id:int}", get_report, scopes=READ, errors=[NotFound]),
    get("/api/v3/raids/leaderboard/individual/global", global_leaderboard, scopes=READ),
    get("/api/v3/raids/leaderboard/individual/raid/{raid}", raid_leaderboard, scopes=READ, errors=[NotFound]),
    get(
        "/api/v3/raids/leaderboard/team/first/{raid}/{version}",
        team_leaderboard,
        scopes=READ,
        errors=[NotFound],
    ),
    get("/api/v3/raids/leaderboard/team/contest/{raid}", contest_leaderboard, scopes=READ, errors=[NotFound]),
    get("/api/v3/raids/leaderboard/clan", clans, scopes=READ),
]
