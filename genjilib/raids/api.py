"""HTTP routes of the raids; ids of players and instances are texts, too long for numbers of JavaScript."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from msgspec import UNSET, Raw, structs

from genjilib import queries
from genjilib.core.clock import now
from genjilib.core.errors import Forbidden, Invalid, NotFound, Unavailable
from genjilib.core.json import Json
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.queries import raids as rows
from genjilib.raids import analytics, rules
from genjilib.raids.analytics import Population, WeaponUse
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.store import decompress
from genjilib.raids.types import (
    BlacklistRequest,
    BoardQuery,
    Category,
    ClansQuery,
    HistoryQuery,
    InstancesQuery,
    PantheonCategory,
    PlayersRequest,
    RaidCategory,
    SearchQuery,
    StandingRequest,
    WeaponsQuery,
)
from genjilib.web.routes import delete, get, patch, post, put

PRIVATE: Final = "raids:private"
"""The scope of keys whose holder knows whom a private player may be shown to, such as by logins at Bungie."""


async def search_players(db: Db, query: SearchQuery) -> list[rows.SearchPlayersRow]:
    """Return players whose name begins with a text, the likeliest first."""
    prefix = query.query.lower()
    return await queries.raids.search_players(
        db, prefix=prefix, membership_type=query.membership_type, n=query.count
    )


async def get_basic(db: Db, membership_id: int) -> rows.GetBasicRow:
    """Return who a player is; Bungie is asked anew when it was not within six hours."""
    found = await _known(db, membership_id)
    await rules.want_player(db, membership_id, found.last_crawled)
    return found


async def get_basics(db: Db, body: PlayersRequest) -> list[rows.GetBasicRow]:
    """Return who up to twelve players are, in the order of their ids; unknown ones are left out."""
    wanted = [one for one in map(int, body.membership_ids) if one < 2**63]
    found = await queries.raids.get_basic(db, membership_ids=list(dict.fromkeys(wanted)))
    for one in found:
        await rules.want_player(db, int(one.membership_id), one.last_crawled)
    return found


async def get_profile(db: Db, who: Principal, membership_id: int) -> rows.GetProfileRow:
    """Return a player with all raids they played, and where they stand; private ones need raids:private."""
    found = await queries.raids.get_profile(db, membership_id=membership_id)
    if found is None:
        raise NotFound("There is no player with this id.", code="player-not-found")
    _admit(who, found)
    return found


async def history(
    db: Db, who: Principal, membership_id: int, query: HistoryQuery
) -> Json[list[rows.HistoryRow]]:
    """Return a player's instances, newest first; the last id of a page is ``before`` of the next."""
    _admit(who, await _known(db, membership_id))
    return await _history(db, membership_id, InstancesQuery(before=query.before), query.count)


async def instances(db: Db, membership_id: int, query: InstancesQuery) -> Json[list[rows.HistoryRow]]:
    """Return those of a player's instances that are wanted, newest first, as a history."""
    await _known(db, membership_id)
    return await _history(db, membership_id, query, query.count)


async def teammates(db: Db, who: Principal, membership_id: int) -> list[rows.TeammatesRow]:
    """Return the hundred with whom a player cleared most raids, then played longest."""
    _admit(who, await _known(db, membership_id))
    return await queries.raids.teammates(db, membership_id=membership_id)


async def get_instance(db: Db, instance_id: int) -> rows.GetInstanceRow:
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


async def global_leaderboard(
    db: Db, category: Category, query: BoardQuery
) -> list[rows.GlobalLeaderboardRow]:
    """Return a page of the leaderboard over all raids; a speedrun's value is in seconds."""
    skip = await _offset(
        query,
        lambda member: queries.raids.global_position(db, category=category, membership_id=member),
    )
    return await queries.raids.global_leaderboard(
        db, category=category, order=category, size=query.limit, skip=skip
    )


async def contest_leaderboard(db: Db, raid: str, query: BoardQuery) -> list[rows.ContestLeaderboardRow]:
    """Return a page of the teams of a contest, by seconds since the release."""
    await _check_raid(db, raid)
    skip = await _offset(
        query, lambda member: queries.raids.contest_position(db, raid=raid, membership_id=member)
    )
    return await queries.raids.contest_leaderboard(db, raid=raid, size=query.limit, skip=skip)


async def raid_leaderboard(
    db: Db, raid: str, category: RaidCategory, query: BoardQuery
) -> list[rows.RaidLeaderboardRow]:
    """Return a page of the leaderboard of one raid; time played is in seconds."""
    await _check_raid(db, raid)
    skip = await _offset(
        query,
        lambda member: queries.raids.raid_position(db, raid=raid, category=category, membership_id=member),
    )
    return await queries.raids.raid_leaderboard(
        db, raid=raid, category=category, order=category, size=query.limit, skip=skip
    )


async def pantheon_leaderboard(
    db: Db, version: str, category: PantheonCategory, query: BoardQuery
) -> list[rows.PantheonLeaderboardRow]:
    """Return a page of the leaderboard of one version of the Pantheon; ``score`` is the sum of all clears."""
    version_id = await queries.raids.pantheon_version(db, path=version)
    if version_id is None:
        raise NotFound("There is no version of the Pantheon of this path.", code="pantheon-version-not-found")
    skip = await _offset(
        query,
        lambda member: queries.raids.pantheon_position(
            db, version_id=version_id, category=category, membership_id=member
        ),
    )
    return await queries.raids.pantheon_leaderboard(
        db, version_id=version_id, category=category, order=category, size=query.limit, skip=skip
    )


async def team_leaderboard(
    db: Db, raid: str, version: str, query: BoardQuery
) -> list[rows.TeamLeaderboardRow]:
    """Return a page of the first teams that completed a version of a raid, by seconds since its release."""
    await _check_raid(db, raid)
    skip = await _offset(
        query,
        lambda member: queries.raids.team_position(db, raid=raid, version=version, membership_id=member),
    )
    return await queries.raids.team_leaderboard(db, raid=raid, version=version, size=query.limit, skip=skip)


async def clans(db: Db, query: ClansQuery) -> list[rows.ClanPageRow]:
    """Return a page of the clans, the largest of a column first."""
    return await queries.raids.clan_page(db, order=query.column, size=query.limit, skip=query.offset)


async def get_clan(db: Db, group_id: int) -> rows.GetClanRow:
    """Return a clan with its known members; Bungie is asked anew when it was not within three hours."""
    found = await queries.raids.get_clan(db, group_id=group_id)
    if found is None:
        raise NotFound("There is no clan with this id.", code="clan-not-found")
    await rules.want_clan(db, group_id, found.updated_at)
    return found


async def get_clan_basic(db: Db, group_id: int) -> rows.GetClanBasicRow:
    """Return what a clan calls itself."""
    found = await queries.raids.get_clan_basic(db, group_id=group_id)
    if found is None:
        raise NotFound("There is no clan with this id.", code="clan-not-found")
    return found


async def manifest(db: Db) -> rows.ManifestRow:
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


async def status(db: Db) -> rows.StatusRow:
    """Tell how far the crawler is, and how many reports wait."""
    return await queries.raids.status(db)


async def get_standing(db: Db, instance_id: int) -> rows.GetStandingRow:
    """Return what is held against an instance and everybody in it: flags, and whether it is blacklisted."""
    return await rules.standing(db, instance_id)


async def blacklist(db: Db, instance_id: int, body: BlacklistRequest) -> rows.GetStandingRow:
    """Keep an instance off the leaderboards from their next computation on; say whose doing it was."""
    return await rules.blacklist(db, instance_id, body)


async def clear(db: Db, instance_id: int) -> None:
    """Take an instance off the blacklist for good: no check puts it there again."""
    await rules.clear(db, instance_id)


async def get_player_standing(db: Db, membership_id: int) -> rows.GetPlayerStandingRow:
    """Return what is held against a player: the cheat level, and the fifty latest flags."""
    return await rules.player_standing(db, membership_id)


async def set_player_standing(db: Db, membership_id: int, body: StandingRequest) -> rows.GetPlayerStandingRow:
    """Set a player's cheat level, up or down, and whether checks leave the player alone."""
    return await rules.set_player_standing(db, membership_id, body)


async def _known(db: Db, membership_id: int) -> rows.GetBasicRow:
    found = await queries.raids.get_basic(db, membership_ids=[membership_id])
    if not found:
        raise NotFound("There is no player with this id.", code="player-not-found")
    return found[0]


def _admit(who: Principal, player: rows.GetProfileRow | rows.GetBasicRow) -> None:
    if player.is_private and not who.superuser and PRIVATE not in who.scopes:
        raise Forbidden("This player's profile is private.", code="private-profile")


async def _history(db: Db, membership_id: int, query: InstancesQuery, n: int) -> Json[list[rows.HistoryRow]]:
    wanted = structs.asdict(query)
    members = wanted.pop("member")
    del wanted["count"]
    return await queries.raids.history.json(db, membership_id=membership_id, members=members, n=n, **wanted)


@asynccontextmanager
async def _clickhouse(settings: Settings) -> AsyncGenerator[ClickHouse]:
    async with ClickHouse.open(settings) as clickhouse:
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


DAY: Final = 86400
"""Seconds for which an answer that hardly changes any more may be used again."""
READ: Final = ["raids:read"]
JUDGE: Final = ["raids:admin"]
PLAYER: Final = "/api/v3/raids/player/{membership_id:int}"
BOARD: Final = "/api/v3/raids/leaderboard"
REPORTING: Final = "/api/v3/raids/admin/reporting"

routes = [
    get("/api/v3/raids/manifest", manifest, scopes=READ, etag=True, max_age=30),
    get("/api/v3/raids/status", status, scopes=READ, max_age=5),
    get("/api/v3/raids/player/search", search_players, scopes=READ, max_age=120),
    get(f"{PLAYER}/basic", get_basic, scopes=READ, errors=[NotFound], max_age=300),
    post("/api/v3/raids/player/basic/batch", get_basics, scopes=READ, status=200),
    get(f"{PLAYER}/profile", get_profile, scopes=READ, errors=[NotFound, Forbidden], max_age=30),
    get(
        f"{PLAYER}/history",
        history,
        scopes=READ,
        errors=[NotFound, Forbidden],
        max_age=30,
        max_age_with=("before", DAY),
    ),
    get(f"{PLAYER}/instances", instances, scopes=[PRIVATE], errors=[NotFound]),
    get(f"{PLAYER}/teammates", teammates, scopes=READ, errors=[NotFound, Forbidden], max_age=600),
    get(
        "/api/v3/raids/instance/{instance_id:int}", get_instance, scopes=READ, errors=[NotFound], max_age=300
    ),
    get("/api/v3/raids/pgcr/{instance_id:int}", get_report, scopes=READ, errors=[NotFound], max_age=DAY),
    get(
        f"{BOARD}/individual/global/{{category}}",
        global_leaderboard,
        scopes=READ,
        errors=[NotFound],
        max_age=15,
    ),
    get(
        f"{BOARD}/individual/raid/{{raid}}/{{category}}",
        raid_leaderboard,
        scopes=READ,
        errors=[NotFound],
        max_age=15,
    ),
    get(
        f"{BOARD}/individual/pantheon/{{version}}/{{category}}",
        pantheon_leaderboard,
        scopes=READ,
        errors=[NotFound],
        max_age=15,
    ),
    get(
        f"{BOARD}/team/first/{{raid}}/{{version}}",
        team_leaderboard,
        scopes=READ,
        errors=[NotFound],
        max_age=15,
    ),
    get(f"{BOARD}/team/contest/{{raid}}", contest_leaderboard, scopes=READ, errors=[NotFound], max_age=15),
    get(f"{BOARD}/clan", clans, scopes=READ, max_age=60),
    get(
        "/api/v3/raids/metrics/population/rolling-day",
        population,
        scopes=READ,
        errors=[NotFound, Unavailable],
        max_age=5,
    ),
    get(
        "/api/v3/raids/metrics/weapons/rolling-week",
        weapons,
        scopes=READ,
        errors=[NotFound, Unavailable],
        max_age=5,
    ),
    get("/api/v3/raids/clan/{group_id:int}", get_clan, scopes=READ, errors=[NotFound], max_age=30),
    get("/api/v3/raids/clan/{group_id:int}/basic", get_clan_basic, scopes=READ, errors=[NotFound]),
    get(f"{REPORTING}/standing/{{instance_id:int}}", get_standing, scopes=JUDGE, errors=[NotFound]),
    put(f"{REPORTING}/blacklist/{{instance_id:int}}", blacklist, scopes=JUDGE, errors=[NotFound, Invalid]),
    delete(f"{REPORTING}/blacklist/{{instance_id:int}}", clear, scopes=JUDGE, errors=[NotFound]),
    get(f"{REPORTING}/player/{{membership_id:int}}", get_player_standing, scopes=JUDGE, errors=[NotFound]),
    patch(f"{REPORTING}/player/{{membership_id:int}}", set_player_standing, scopes=JUDGE, errors=[NotFound]),
]
