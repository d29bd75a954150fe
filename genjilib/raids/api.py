"""HTTP routes of the raids; ids of players and instances are texts, too long for numbers of JavaScript."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

import aiohttp
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from genjilib import queries
from genjilib.core.clock import now
from genjilib.core.errors import Forbidden, NotFound, Unavailable
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.queries.raids import (
    ClanPageRow,
    ContestLeaderboardRow,
    GetBasicRow,
    GetClanRow,
    GetInstanceRow,
    GetProfileRow,
    GlobalLeaderboardRow,
    HistoryRow,
    ManifestRow,
    PantheonLeaderboardRow,
    RaidLeaderboardRow,
    SearchPlayersRow,
    StatusRow,
    TeamLeaderboardRow,
    TeammatesRow,
)
from genjilib.raids import analytics, rules
from genjilib.raids.analytics import Population, WeaponUse
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.store import decompress
from genjilib.web.paging import Page
from genjilib.web.routes import get

Category = Literal["clears", "freshClears", "sherpas", "speedrun", "powerRankings"]


RaidCategory = Literal["clears", "freshClears", "sherpas", "timePlayed"]


PantheonCategory = Literal["clears", "freshClears", "score"]


ClanColumn = Literal[
    "weightedContestScore",
    "totalContestScore",
    "clears",
    "averageClears",
    "freshClears",
    "averageFreshClears",
    "sherpas",
    "averageSherpas",
    "timePlayed",
    "averageTimePlayed",
]


class SearchQuery(Struct, frozen=True, kw_only=True):
    """How the names of wanted players begin; without ``count`` twenty are returned."""

    query: Annotated[str, Meta(min_length=1, max_length=40)]
    count: Annotated[int, Meta(ge=1, le=50)] = 20
    membership_type: Annotated[int, Meta(ge=1, le=6)] | UnsetType = UNSET


class ClansQuery(Page, frozen=True, kw_only=True):
    """Which page of the clans to return, in the order of which column."""

    page_size: Annotated[int, Meta(ge=10, le=100)] = 50
    column: ClanColumn = "weightedContestScore"


class BoardQuery(Page, frozen=True, kw_only=True):
    """Which page of a leaderboard to return; with ``search`` the one where that player stands."""

    page_size: Annotated[int, Meta(ge=10, le=100)] = 50
    search: Annotated[int, Meta(ge=1, le=2**63 - 1)] | UnsetType = UNSET


class GlobalBoardQuery(BoardQuery, frozen=True, kw_only=True):
    """Which page of which leaderboard over all raids to return."""

    category: Category = "clears"


class RaidBoardQuery(BoardQuery, frozen=True, kw_only=True):
    """Which page of which leaderboard of a raid to return."""

    category: RaidCategory = "clears"


class PantheonBoardQuery(BoardQuery, frozen=True, kw_only=True):
    """Which page of which leaderboard of a version of the Pantheon to return."""

    category: PantheonCategory = "clears"


class WeaponsQuery(Struct, frozen=True, kw_only=True):
    """How many weapons to return, those that most characters used or that killed most."""

    sort: Literal["kills", "usage"] = "kills"
    count: Annotated[int, Meta(ge=1, le=100)] = 25


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


async def get_basic(db: Db, membership_id: int) -> GetBasicRow:
    """Return who a player is; Bungie is asked anew when it was not within six hours."""
    found = await queries.raids.get_basic(db, membership_id=membership_id)
    if found is None:
        raise NotFound("There is no player with this id.", code="player-not-found")
    await rules.want_player(db, membership_id, found.last_crawled)
    return found


async def get_profile(db: Db, who: Principal, membership_id: int) -> GetProfileRow:
    """Return a player with all raids they played, and where they stand; private ones to superusers only."""
    found = await queries.raids.get_profile(db, membership_id=membership_id)
    if found is None:
        raise NotFound("There is no player with this id.", code="player-not-found")
    if found.is_private and not who.superuser:
        raise Forbidden("This player's profile is private.", code="private-profile")
    return found


async def history(db: Db, who: Principal, membership_id: int, query: HistoryQuery) -> list[HistoryRow]:
    """Return a player's instances, newest first; the last id of a page is ``before`` of the next."""
    await get_profile(db, who, membership_id)
    return await queries.raids.history(db, membership_id=membership_id, before=query.before, n=query.count)


async def teammates(db: Db, who: Principal, membership_id: int) -> list[TeammatesRow]:
    """Return the hundred with whom a player cleared most raids, then played longest."""
    await get_profile(db, who, membership_id)
    return await queries.raids.teammates(db, membership_id=membership_id)


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
    skip = await _offset(
        query,
        lambda member: queries.raids.global_position(db, category=query.category, membership_id=member),
    )
    return await queries.raids.global_leaderboard(
        db, category=query.category, order=query.category, size=query.limit, skip=skip
    )


async def contest_leaderboard(db: Db, raid: str, query: BoardQuery) -> list[ContestLeaderboardRow]:
    """Return a page of the teams of a contest, by seconds since the release."""
    await _check_raid(db, raid)
    skip = await _offset(
        query, lambda member: queries.raids.contest_position(db, raid=raid, membership_id=member)
    )
    return await queries.raids.contest_leaderboard(db, raid=raid, size=query.limit, skip=skip)


async def raid_leaderboard(db: Db, raid: str, query: RaidBoardQuery) -> list[RaidLeaderboardRow]:
    """Return a page of the leaderboard of one raid; time played is in seconds."""
    await _check_raid(db, raid)
    skip = await _offset(
        query,
        lambda member: queries.raids.raid_position(
            db, raid=raid, category=query.category, membership_id=member
        ),
    )
    return await queries.raids.raid_leaderboard(
        db, raid=raid, category=query.category, order=query.category, size=query.limit, skip=skip
    )


async def pantheon_leaderboard(
    db: Db, version: str, query: PantheonBoardQuery
) -> list[PantheonLeaderboardRow]:
    """Return a page of the leaderboard of one version of the Pantheon; ``score`` is the sum of all clears."""
    version_id = await queries.raids.pantheon_version(db, path=version)
    if version_id is None:
        raise NotFound("There is no version of the Pantheon of this path.", code="pantheon-version-not-found")
    skip = await _offset(
        query,
        lambda member: queries.raids.pantheon_position(
            db, version_id=version_id, category=query.category, membership_id=member
        ),
    )
    return await queries.raids.pantheon_leaderboard(
        db, version_id=version_id, category=query.category, order=query.category, size=query.limit, skip=skip
    )


async def team_leaderboard(db: Db, raid: str, version: str, query: BoardQuery) -> list[TeamLeaderboardRow]:
    """Return a page of the first teams that completed a version of a raid, by seconds since its release."""
    await _check_raid(db, raid)
    skip = await _offset(
        query,
        lambda member: queries.raids.team_position(db, raid=raid, version=version, membership_id=member),
    )
    return await queries.raids.team_leaderboard(db, raid=raid, version=version, size=query.limit, skip=skip)


async def clans(db: Db, query: ClansQuery) -> list[ClanPageRow]:
    """Return a page of the clans, the largest of a column first."""
    return await queries.raids.clan_page(db, order=query.column, size=query.limit, skip=query.offset)


async def get_clan(db: Db, group_id: int) -> GetClanRow:
    """Return a clan with its known members; Bungie is asked anew when it was not within three hours."""
    found = await queries.raids.get_clan(db, group_id=group_id)
    if found is None:
        raise NotFound("There is no clan with this id.", code="clan-not-found")
    await rules.want_clan(db, group_id, found.updated_at)
    return found


async def manifest(db: Db) -> ManifestRow:
    """Return what the raids are: activities, versions, hashes and feats."""
    return await queries.raids.manifest(db)


async def population(db: Db, settings: Settings) -> list[Population]:
    """Return how many people were in each activity, in each hour of the last day."""
    async with _clickhouse(settings) as clickhouse:
        return await analytics.population(db, clickhouse, now() - timedelta(days=1), now())


async def weapons(db: Db, settings: Settings, query: WeaponsQuery) -> list[WeaponUse]:
    """Return the weapons of the last week: characters that used them, and their kills."""
    async with _clickhouse(settings) as clickhouse:
        since, until = now() - timedelta(days=7), now()
        return await analytics.weapons(db, clickhouse, since, until, n=query.count, sort=query.sort)


async def status(db: Db) -> StatusRow:
    """Tell how far the crawler is, and how many reports wait."""
    return await queries.raids.status(db)


@asynccontextmanager
async def _clickhouse(settings: Settings) -> AsyncGenerator[ClickHouse]:
    async with aiohttp.ClientSession() as http:
        clickhouse = ClickHouse.of(settings, http)
        if clickhouse is None:
            raise NotFound("There is no ClickHouse here.", code="no-clickhouse")
        clickhouse.made = True  # by the worker; a question makes nothing
        yield clickhouse


async def _offset(query: BoardQuery, position_of: Callable[[int], Awaitable[int | None]]) -> int:
    """Return how many rows of a leaderboard come before the page that is wanted."""
    if query.search is UNSET:
        return query.offset
    position = await position_of(query.search)
    if position is None:
        raise NotFound("This player does not stand on this leaderboard.", code="player-not-on-leaderboard")
    return (position - 1) // query.limit * query.limit


async def _check_raid(db: Db, raid: str) -> None:
    if not await queries.raids.raid_exists(db, raid=raid):
        raise NotFound("There is no raid of this path.", code="raid-not-found")


READ: Final = ["raids:read"]
PLAYER: Final = "/api/v3/raids/player/{membership_id:int}"
BOARD: Final = "/api/v3/raids/leaderboard"

routes = [
    get("/api/v3/raids/manifest", manifest, scopes=READ, etag=True),
    get("/api/v3/raids/status", status, scopes=READ),
    get("/api/v3/raids/player/search", search_players, scopes=READ),
    get(f"{PLAYER}/basic", get_basic, scopes=READ, errors=[NotFound]),
    get(f"{PLAYER}/profile", get_profile, scopes=READ, errors=[NotFound, Forbidden]),
    get(f"{PLAYER}/history", history, scopes=READ, errors=[NotFound, Forbidden]),
    get(f"{PLAYER}/teammates", teammates, scopes=READ, errors=[NotFound, Forbidden]),
    get("/api/v3/raids/instance/{instance_id:int}", get_instance, scopes=READ, errors=[NotFound]),
    get("/api/v3/raids/pgcr/{instance_id:int}", get_report, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/individual/global", global_leaderboard, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/individual/raid/{{raid}}", raid_leaderboard, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/individual/pantheon/{{version}}", pantheon_leaderboard, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/team/first/{{raid}}/{{version}}", team_leaderboard, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/team/contest/{{raid}}", contest_leaderboard, scopes=READ, errors=[NotFound]),
    get(f"{BOARD}/clan", clans, scopes=READ),
    get(
        "/api/v3/raids/metrics/population/rolling-day",
        population,
        scopes=READ,
        errors=[NotFound, Unavailable],
    ),
    get("/api/v3/raids/metrics/weapons/rolling-week", weapons, scopes=READ, errors=[NotFound, Unavailable]),
    get("/api/v3/raids/clan/{group_id:int}", get_clan, scopes=READ, errors=[NotFound]),
]
