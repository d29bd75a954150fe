"""The routes of the raids: search, instances, leaderboards."""

from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from genjilib import queries
from genjilib.core.clock import now
from genjilib.local.bungie.reports import Entry, Played, Weapon
from genjilib.raids import crawl, leaderboards
from genjilib.raids.api import routes
from genjilib.raids.bungie import Result
from genjilib.raids.store import store
from genjilib.raids.types import ClanColumn
from genjilib.web.openapi import write_openapi
from tests.api import Api
from tests.auth.test_access import new_key
from tests.raids.test_leaderboards import EDGE_CONTEST, HOUR, clear
from tests.raids.test_pgcr import LATER
from tests.raids.test_store import read

MASTER_EDGE = 4129614942


def named(instance_id: int, member: int, name: str, kind: int = 3) -> Any:
    entry = Entry(member, 10 * member, name=name, code=member, membership_type=kind)
    return read(Played(instance_id, LATER + timedelta(days=instance_id), [entry]))


async def test_players_are_found_by_how_their_names_begin(api: Api) -> None:
    await store(
        api.db, [named(1, 1, "Anna"), named(2, 2, "anton", 2), named(3, 3, "Banna"), named(4, 4, "A_n%")]
    )
    found = (await api.get("/raids/player/search", query="AN")).json
    assert [row["membership_id"] for row in found] == ["2", "1"]
    last_seen = (LATER + timedelta(days=2, seconds=1800)).isoformat().replace("+00:00", "Z")
    assert found[0] == {
        "membership_id": "2",
        "membership_type": 2,
        "icon_path": found[0]["icon_path"],
        "display_name": "anton",
        "bungie_global_display_name": "anton",
        "bungie_global_display_name_code": "0002",
        "last_seen": last_seen,
        "is_private": False,
        "cheat_level": 0,
    }
    for query, members in (("anton#0002", ["2"]), ("a_n%", ["4"]), ("%", []), ("nobody", [])):
        found = (await api.get("/raids/player/search", query=query)).json
        assert [row["membership_id"] for row in found] == members
    found = (await api.get("/raids/player/search", query="a", membership_type=3, count=1)).json
    assert [row["membership_id"] for row in found] == ["4"]


@pytest.mark.parametrize("query", [{}, {"query": ""}, {"query": "x" * 41}, {"query": "x", "count": 51}])
async def test_a_search_has_limits(api: Api, query: dict[str, Any]) -> None:
    (await api.get("/raids/player/search", **query)).refused(400, "validation-failed")


async def test_an_instance_is_shown_whole(api: Api) -> None:
    big = 2**53 + 1
    entry = Entry(
        big, big, stats={"kills": 9, "deaths": 1}, weapons=[Weapon(7, 2, 1), Weapon(8, 7)], played=900
    )
    await store(api.db, [read(Played(big, LATER, [entry, Entry(2, 20, completed=False)], skulls=[3]))])
    shown = (await api.get(f"/raids/instance/{big}")).json
    players = shown.pop("players")
    assert shown == {
        "instance_id": str(big),
        "hash": 3881495763,
        "activity_id": 9,
        "version_id": 1,
        "activity_name": "Vault of Glass",
        "version_name": "Standard",
        "score": 0,
        "flawless": False,
        "completed": True,
        "fresh": True,
        "player_count": 2,
        "date_started": "2024-07-01T00:00:00Z",
        "date_completed": "2024-07-01T00:30:00Z",
        "duration": 1800,
        "platform_type": 254,
        "season_id": 24,
        "skull_hashes": [3],
        "is_day_one": False,
        "is_contest": False,
        "is_week_one": False,
        "is_blacklisted": False,
        "difficulty_tier": None,
        "leaderboard_rank": None,
    }
    assert [player["membership_id"] for player in players] == [str(big), "2"]
    [character] = players[0]["characters"]
    assert (character["character_id"], character["kills"]) == (str(big), 9)
    assert character["weapons"] == [
        {"weapon_hash": 8, "kills": 7, "precision_kills": 0},
        {"weapon_hash": 7, "kills": 2, "precision_kills": 1},
    ]
    assert players[0]["is_first_clear"] is True
    (await api.get("/raids/instance/5")).refused(404, "instance-not-found")


async def test_leaderboards_come_in_pages(api: Api) -> None:
    await store(api.db, [clear(n, n * HOUR, *range(1, 14)) for n in (1, 2)] + [clear(3, 3 * HOUR, 13)])
    boards = "/raids/leaderboard/individual/global"
    path = f"{boards}/clears"
    assert (await api.get(path)).json == []
    await leaderboards.refresh(api.db)
    page = (await api.get(path, page_size=10)).json
    assert page[0] == {
        "position": 1,
        "rank": 1,
        "value": 3.0,
        "membership_id": "13",
        "membership_type": 3,
        "bungie_name": "Guardian#0007",
        "icon_path": page[0]["icon_path"],
    }
    assert [(row["position"], row["rank"]) for row in page[:3]] == [(1, 1), (2, 2), (3, 2)]
    page = (await api.get(path, page_size=10, page_number=2)).json
    assert [row["position"] for row in page] == [11, 12, 13]
    for category in ("freshClears", "sherpas", "powerRankings"):
        page = (await api.get(f"{boards}/{category}")).json
        assert [row["position"] for row in page] == list(range(1, 14))
    assert (await api.get(f"{boards}/speedrun")).json == []
    (await api.get(f"{boards}/kills")).refused(400, "validation-failed")
    (await api.get(path, page_size=9)).refused(400, "validation-failed")
    page = (await api.get(path, page_size=10, search=12)).json
    assert [row["position"] for row in page] == [11, 12, 13]
    (await api.get(path, search=99)).refused(404, "player-not-on-leaderboard")
    (await api.get(f"{boards}/speedrun", search=1)).refused(404, "player-not-on-leaderboard")


async def test_a_contest_shows_its_teams(api: Api) -> None:
    await store(api.db, [clear(1, 20 * HOUR, 1, 2, hash=EDGE_CONTEST), clear(2, HOUR, 3)])
    await leaderboards.refresh(api.db, ["contest"])
    path = "/raids/leaderboard/team/contest"
    [team] = (await api.get(f"{path}/edge")).json
    assert [player["membership_id"] for player in team.pop("players")] == ["1", "2"]
    assert team == {
        "position": 1,
        "rank": 1,
        "value": 21 * 3600,
        "instance_id": "1",
        "date_completed": "2024-06-08T14:00:00Z",
        "is_challenge_mode": False,
    }
    assert (await api.get(f"{path}/vog")).json == []
    (await api.get(f"{path}/nowhere")).refused(404, "raid-not-found")
    assert len((await api.get(f"{path}/edge", search=2)).json) == 1
    (await api.get(f"{path}/edge", search=3)).refused(404, "player-not-on-leaderboard")
    entry = {
        "activity_id": 14,
        "rank": 1,
        "instance_id": "1",
        "time_after_launch": 21 * 3600,
        "is_challenge_mode": False,
    }
    assert (await api.get("/raids/player/2/profile")).json["world_first_entries"] == [entry]
    assert (await api.get("/raids/player/3/profile")).json["world_first_entries"] == []


async def test_a_player_is_shown_with_raids_and_ranks(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1, 2), clear(2, 2 * HOUR, 1, 3)])
    await leaderboards.refresh(api.db)
    shown = (await api.get("/raids/player/1/profile")).json
    assert (shown["membership_id"], shown["clears"], shown["sherpas"]) == ("1", 2, 1)
    assert (shown["clears_rank"], shown["sherpas_rank"], shown["speed_rank"]) == (1, 1, None)
    assert shown["activities"] == [
        {
            "activity_id": 14,
            "clears": 2,
            "fresh_clears": 2,
            "sherpas": 1,
            "total_time_played_seconds": 7200,
            "fastest_instance_id": "1",
            "fastest_seconds": 3600,
        }
    ]
    (await api.get("/raids/player/99/profile")).refused(404, "player-not-found")


async def test_a_history_goes_back_page_by_page(api: Api) -> None:
    await store(api.db, [clear(n, n * HOUR, 1) for n in range(1, 14)])
    path = "/raids/player/1/history"
    first = (await api.get(path, count=10)).json
    assert [row["instance_id"] for row in first] == [f"{n}" for n in range(13, 3, -1)]
    second = (await api.get(path, before=first[-1]["instance_id"])).json
    assert [(row["instance_id"], row["is_first_clear"]) for row in second] == [
        ("3", False),
        ("2", False),
        ("1", True),
    ]
    for count in (9, 5001):
        (await api.get(path, count=count)).refused(400, "validation-failed")
    (await api.get("/raids/player/99/history")).refused(404, "player-not-found")


KEPT = {
    "/manifest": 30,
    "/status": 5,
    "/player/search": 120,
    "/player/{membership_id:int}/basic": 300,
    "/player/{membership_id:int}/profile": 30,
    "/player/{membership_id:int}/history": 30,
    "/player/{membership_id:int}/teammates": 600,
    "/instance/{instance_id:int}": 300,
    "/pgcr/{instance_id:int}": 86400,
    "/leaderboard/individual/global/{category}": 15,
    "/leaderboard/individual/raid/{raid}/{category}": 15,
    "/leaderboard/individual/pantheon/{version}/{category}": 15,
    "/leaderboard/team/first/{raid}/{version}": 15,
    "/leaderboard/team/contest/{raid}": 15,
    "/leaderboard/clan": 60,
    "/clan/{group_id:int}": 30,
    "/metrics/weapons/rolling-week": 5,
    "/metrics/population/rolling-day": 5,
}
"""Seconds for which answers may be used again."""


def test_answers_may_be_used_again_for_as_long_as_raidhubs() -> None:
    declared = {route.path.removeprefix("/api/v3/raids"): route.max_age for route in routes if route.max_age}
    assert declared == KEPT
    assert [route.max_age_with for route in routes if route.max_age_with] == [("before", 86400)]
    paths = msgspec.json.decode(write_openapi(routes, "1"))["paths"]

    def headers(path: str) -> dict[str, Any]:
        return paths[f"/api/v3/raids/{path}"]["get"]["responses"]["200"]["headers"]

    said = headers("player/{membership_id}/history")["Cache-Control"]["description"]
    assert said == "The answer may be used again for 30 seconds, with `before` for 86400"
    assert headers("manifest").keys() == {"ETag", "Cache-Control"}


async def test_an_answer_is_kept_by_who_asked_with_that_key_alone(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1)])
    history = "/raids/player/1/history"
    for path, query, headers, seconds in (
        ("/raids/manifest", {}, {}, 30),
        ("/raids/player/search", {"query": "g"}, {}, 120),
        ("/raids/player/search", {"query": "g"}, {"Accept": "text/csv"}, 120),
        ("/raids/pgcr/1", {}, {}, 86400),
        (history, {}, {}, 30),
        (history, {"before": "2"}, {}, 86400),
    ):
        answer = await api.ask("GET", path, params=query, headers=headers)
        assert answer.status == 200
        kept = (answer.headers["Cache-Control"], answer.headers["Vary"])
        assert kept == (f"private, max-age={seconds}", "X-API-KEY, Accept"), path
    tag = (await api.get("/raids/manifest")).headers["Etag"]
    known = await api.ask("GET", "/raids/manifest", headers={"If-None-Match": tag})
    assert (known.status, known.headers["Cache-Control"]) == (304, "private, max-age=30")
    for path, status in (
        ("/raids/pgcr/2", 404),
        (f"{history}?count=1", 400),
        ("/raids/player/1/instances", 200),
    ):
        answer = await api.get(path)
        assert (answer.status, answer.headers["Cache-Control"]) == (status, "no-store")


async def test_private_players_are_shown_to_keys_that_know_their_owners(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1)])
    api.sql.execute("update core.player set is_private = true")
    reader = await new_key(api, "raids:read")
    website = await new_key(api, "raids:read", "raids:private")
    for what in ("profile", "history", "teammates"):
        (await api.ask("GET", f"/raids/player/1/{what}", key=reader)).refused(403, "private-profile")
        for key in (website, api.key):
            assert (await api.ask("GET", f"/raids/player/1/{what}", key=key)).status == 200
        (await api.get(f"/raids/player/99/{what}")).refused(404, "player-not-found")


async def test_who_looks_at_a_player_has_bungie_asked_about_it_once_a_day(api: Api) -> None:
    await store(api.db, [named(1, 1, "Anna")])
    api.sql.execute("delete from messages.outbox")
    last_seen = (LATER + timedelta(days=1, seconds=1800)).isoformat().replace("+00:00", "Z")
    for _ in range(2):
        shown = (await api.get("/raids/player/1/basic")).json
        assert shown == {
            "membership_id": "1",
            "membership_type": 3,
            "icon_path": shown["icon_path"],
            "display_name": "Anna",
            "bungie_global_display_name": "Anna",
            "bungie_global_display_name_code": "0001",
            "last_seen": last_seen,
            "last_crawled": None,
            "is_private": False,
            "cheat_level": 0,
        }
    assert [sent.body["membership_id"] for sent in api.sent("raid.player.crawl")] == [1]
    api.sql.execute("delete from messages.outbox")
    api.sql.execute("update core.player set last_crawled = now() - interval '5 hours'")
    await api.get("/raids/player/1/basic")
    assert api.sent() == []
    (await api.get("/raids/player/2/basic")).refused(404, "player-not-found")


async def test_teammates_are_those_with_most_common_clears(api: Api) -> None:
    lost = clear(4, 4 * HOUR, 1, 4, reason=2)
    await store(api.db, [clear(1, HOUR, 1, 2), clear(2, 2 * HOUR, 1, 2, 3), clear(3, 3 * HOUR, 3, 4), lost])
    found = (await api.get("/raids/player/1/teammates")).json
    assert [(row["membership_id"], row["clears"], row["instances"]) for row in found] == [
        ("2", 2, 2),
        ("3", 1, 1),
        ("4", 0, 1),
    ]
    assert found[0] == {
        "membership_id": "2",
        "membership_type": 3,
        "bungie_name": "Guardian#0007",
        "icon_path": found[0]["icon_path"],
        "clears": 2,
        "instances": 2,
        "time_played_seconds": 7200,
    }


async def test_the_manifest_tells_what_the_raids_are(api: Api) -> None:
    api.sql.execute(
        "insert into definitions.activity_feat_definition"
        " (hash, skull_hash, name, description, icon_path, description_short, modifier_power_contribution)"
        " values (1, 2, 'Feat: Fast', 'd', 'i', 's', 3)"
    )
    shown = (await api.get("/raids/manifest")).json
    assert shown["version"] is None
    assert [one["is_sunset"] for one in shown["activities"]] == sorted(
        one["is_sunset"] for one in shown["activities"]
    )
    vault = next(one for one in shown["activities"] if one["path"] == "vaultofglass" or one["id"] == 9)
    assert vault == {
        "id": 9,
        "name": "Vault of Glass",
        "path": "vog",
        "splash_path": vault["splash_path"],
        "is_sunset": False,
        "is_raid": True,
        "release_date": "2021-05-22T17:00:00Z",
        "day_one_end": "2021-05-23T17:00:00Z",
        "contest_end": "2021-05-23T17:00:00Z",
        "week_one_end": "2021-05-25T17:00:00Z",
        "milestone_hash": 1888320892,
    }
    hashes = {one["hash"]: one for one in shown["hashes"]}
    assert hashes[1681562271] == {
        "hash": 1681562271,
        "activity_id": 9,
        "version_id": 4,
        "is_world_first": False,
        "release_date": "2021-07-06T17:00:00Z",
    }
    assert {"id": 4, "name": "Master", "path": "master"}.items() <= {
        one["id"]: one for one in shown["versions"]
    }[4].items()
    assert shown["feats"] == [
        {
            "hash": 1,
            "skull_hash": 2,
            "name": "Feat: Fast",
            "name_short": "Fast",
            "description": "d",
            "description_short": "s",
            "icon_path": "i",
            "modifier_power_contribution": 3,
        }
    ]


async def test_versions_of_the_pantheon_have_leaderboards(api: Api) -> None:
    rhulk, path = 4169648177, "/raids/leaderboard/individual/pantheon"
    await store(
        api.db,
        [
            clear(1, HOUR, 1, 2, hash=rhulk, team_score=900),
            clear(2, 2 * HOUR, 2, 3, hash=rhulk, team_score=500),
        ],
    )
    await leaderboards.refresh(api.db)
    version = api.value("select path from definitions.version_definition where id = 130")
    page = (await api.get(f"{path}/{version}/score")).json
    assert [(row["membership_id"], row["value"], row["rank"]) for row in page] == [
        ("2", 1400, 1),
        ("1", 900, 2),
        ("3", 500, 3),
    ]
    for category in ("clears", "freshClears"):
        page = (await api.get(f"{path}/{version}/{category}", search=3)).json
        assert [(row["membership_id"], row["value"]) for row in page] == [("2", 2), ("1", 1), ("3", 1)]
    (await api.get(f"{path}/{version}/clears", search=9)).refused(404, "player-not-on-leaderboard")
    other = api.value("select path from definitions.version_definition where id = 129")
    assert (await api.get(f"{path}/{other}/clears")).json == []
    for unknown in ("nowhere", "master"):
        (await api.get(f"{path}/{unknown}/clears")).refused(404, "pantheon-version-not-found")


async def test_a_report_comes_as_it_was_sent(api: Api) -> None:
    report = clear(1, HOUR, 1)
    await store(api.db, [report])
    assert (await api.get("/raids/pgcr/1")).raw == report.raw
    (await api.get("/raids/pgcr/2")).refused(404, "report-not-found")


async def test_one_raid_has_leaderboards_of_players_and_teams(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1, 2), clear(2, 2 * HOUR, 2, 3)])
    await leaderboards.refresh(api.db)
    path = "/raids/leaderboard/individual/raid"
    page = (await api.get(f"{path}/edge/sherpas")).json
    assert [(row["membership_id"], row["value"], row["rank"]) for row in page] == [
        ("2", 1, 1),
        ("1", 0, 2),
        ("3", 0, 2),
    ]
    assert (await api.get(f"{path}/vog/clears")).json == []
    (await api.get(f"{path}/nowhere/clears")).refused(404, "raid-not-found")
    teams = (await api.get("/raids/leaderboard/team/first/edge/normal")).json
    assert [(team["position"], team["value"], team["membership_ids"]) for team in teams] == [
        (1, 2 * 3600, ["1", "2"]),
        (2, 3 * 3600, ["2", "3"]),
    ]
    path = "/raids/leaderboard/team/first/edge"
    assert (await api.get(f"{path}/master")).json == []
    assert len((await api.get(f"{path}/normal", search=3)).json) == 2
    (await api.get(f"{path}/normal", search=4)).refused(404, "player-not-on-leaderboard")
    path = "/raids/leaderboard/individual/raid"
    assert len((await api.get(f"{path}/edge/timePlayed", search=3)).json) == 3
    (await api.get(f"{path}/edge/clears", search=4)).refused(404, "player-not-on-leaderboard")
    (await api.get(f"{path}/vog/clears", search=3)).refused(404, "player-not-on-leaderboard")
    (await api.get("/raids/leaderboard/team/first/nowhere/normal")).refused(404, "raid-not-found")


async def test_clans_are_ranked_by_their_contests(api: Api) -> None:
    await store(api.db, [clear(1, 20 * HOUR, 1, hash=EDGE_CONTEST), clear(2, HOUR, 2)])
    api.sql.execute(
        "insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)"
        " values (8, 'Eight', 'm', 'E', '{}', now()), (9, 'Nine', 'm', 'N', '{}', now())"
    )
    api.sql.execute("insert into clan.clan_members (group_id, membership_id) values (8, 2), (9, 1)")
    await leaderboards.refresh(api.db)
    found = (await api.get("/raids/leaderboard/clan")).json
    assert [(clan["group_id"], clan["name"], clan["clears"]) for clan in found] == [
        ("9", "Nine", 1),
        ("8", "Eight", 1),
    ]
    assert found[0]["total_contest_score"] == pytest.approx(1.25**13)
    for column in get_args(ClanColumn):
        assert len((await api.get("/raids/leaderboard/clan", column=column)).json) == 2
    found = (await api.get("/raids/leaderboard/clan", column="averageSherpas")).json
    assert [clan["group_id"] for clan in found] == ["8", "9"]
    (await api.get("/raids/leaderboard/clan", column="members")).refused(400, "validation-failed")


async def test_a_clan_is_shown_with_its_members(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1, 2)])
    api.sql.execute(
        "insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)"
        " values (8, 'Eight', 'm', 'E', '{\"decalId\": 1}', now())"
    )
    api.sql.execute("insert into clan.clan_members (group_id, membership_id) values (8, 2), (8, 1)")
    shown = (await api.get("/raids/clan/8")).json
    members = shown.pop("members")
    numbers = ("clears", "fresh_clears", "sherpas", "time_played_seconds")
    sums = dict.fromkeys([*numbers, *(f"average_{name}" for name in numbers)])
    scores = {"known_member_count": None, "total_contest_score": None, "weighted_contest_score": None}
    assert shown == {
        "group_id": "8",
        "name": "Eight",
        "call_sign": "E",
        "motto": "m",
        "clan_banner_data": {"decalId": 1},
        "updated_at": shown["updated_at"],
        **sums,
        **scores,
    }
    assert [(member["membership_id"], member["clears"]) for member in members] == [("1", 1), ("2", 1)]
    assert api.sent("raid.clan.crawl") == []
    await leaderboards.refresh(api.db, ["clan"])
    api.sql.execute("update clan.clan set updated_at = now() - interval '4 hours'")
    for _ in range(2):
        shown = (await api.get("/raids/clan/8")).json
        assert (shown["known_member_count"], shown["clears"], shown["average_clears"]) == (2, 2, 1.0)
    assert [sent.body["group_id"] for sent in api.sent("raid.clan.crawl")] == [8]
    (await api.get("/raids/clan/9")).refused(404, "clan-not-found")


async def test_the_status_tells_how_far_the_crawler_is(api: Api) -> None:
    nothing = ("next_id", "updated_at", "latest_instance_id", "latest_completed_at", "median_seconds_behind")
    gates = dict.fromkeys(("hidden_since", "latest_instance_id", "latest_shown_at"))
    assert (await api.get("/raids/status")).json == {
        **dict.fromkeys((*nothing, "estimated_catch_up_at")),
        "state": "Offline",
        "missed": 0,
        "lost": 0,
        "jumped_over": 0,
        "floodgates": gates | {"state": "Empty", "waiting": 0, "shown_per_minute": 0.0},
    }
    await store(api.db, [clear(5, HOUR, 1)])
    missed = {3: (Result.NOT_FOUND, 9.0), 4: (Result.NOT_FOUND, None)}
    await crawl.record(api.db, crawl.Findings(missed=missed, blocked=[2]), next_id=6)
    await crawl.jump(api.db, 10, 20)
    shown = (await api.get("/raids/status")).json
    assert (shown["next_id"], shown["latest_instance_id"]) == ("20", "5")
    assert (shown["missed"], shown["lost"], shown["jumped_over"], shown["state"]) == (1, 1, 10, "Crawling")
    assert shown["median_seconds_behind"] > 365 * 86400
    assert shown["estimated_catch_up_at"] is None  # one report tells no change
    api.sql.execute("update crawl.position set updated_at = now() - interval '2 minutes'")
    assert (await api.get("/raids/status")).json["state"] == "Offline"
    await queries.raids.note_closed(api.db, next_id=7)
    shown = (await api.get("/raids/status")).json
    assert (shown["state"], shown["next_id"]) == ("Idle", "20")


@pytest.mark.parametrize(
    ("before", "after", "caught_up"), [(900, 300, True), (300, 900, False), (40, 30, False)]
)
async def test_the_status_tells_when_the_crawler_will_have_caught_up(
    api: Api, before: int, after: int, caught_up: bool
) -> None:
    """The lag of a report is that so many seconds; a minute lies between the two."""
    await store(api.db, [clear(1, HOUR, 1), clear(2, 2 * HOUR, 1)])
    for instance_id, lag, age in ((1, before, 70), (2, after, 10)):
        api.sql.execute(
            f"update raw.pgcr set date_crawled = now() - interval '{age} s'"
            f" where instance_id = {instance_id};"
            f"update core.instance set date_completed = now() - interval '{age + lag} s'"
            f" where instance_id = {instance_id}".encode()
        )
    shown = (await api.get("/raids/status")).json
    assert shown["median_seconds_behind"] == pytest.approx((before + after) / 2, abs=2)
    if caught_up:
        change = (after - before) / 60
        wanted = (600 - 30) / (1 - change) + 60
        moment = datetime.fromisoformat(shown["estimated_catch_up_at"])
        assert (moment - now()).total_seconds() == pytest.approx(wanted, abs=5)
    else:
        assert shown["estimated_catch_up_at"] is None


async def test_the_status_tells_what_becomes_of_hidden_reports(api: Api) -> None:
    async def floodgates() -> Any:
        return (await api.get("/raids/status")).json["floodgates"]

    await crawl.record(api.db, crawl.Findings(blocked=[1, 2, 3]))
    gates = await floodgates()
    assert (gates["state"], gates["waiting"], gates["latest_instance_id"]) == ("Blocked", 3, None)
    assert gates["hidden_since"] is not None
    await crawl.record(api.db, crawl.Findings(reports=[clear(1, HOUR, 1)], done=[4]))
    gates = await floodgates()
    assert (gates["state"], gates["waiting"], gates["latest_instance_id"]) == ("Crawling", 2, "1")
    assert gates["shown_per_minute"] == 0.2
    await crawl.record(api.db, crawl.Findings(done=[2, 3]))
    gates = await floodgates()
    assert (gates["state"], gates["waiting"], gates["latest_instance_id"]) == ("Live", 0, "3")
    api.sql.execute("update crawl.shown set shown_at = now() - interval '6 minutes'")
    assert (await floodgates())["state"] == "Empty"


async def test_up_to_twelve_players_are_told_at_once(api: Api) -> None:
    await store(api.db, [named(1, 1, "Anna"), named(2, 2, "Ben")])
    path = "/raids/player/basic/batch"
    ids = ["2", "9" * 19, "1", "7", "2"]
    found = (await api.ask("POST", path, json={"membership_ids": ids})).json
    assert found == [(await api.get(f"/raids/player/{one}/basic")).json for one in (2, 1)]
    for wrong in ([], ["1"] * 13, [1], ["-1"], ["1" * 20]):
        answer = await api.ask("POST", path, json={"membership_ids": wrong})
        answer.refused(400, "validation-failed")


async def test_instances_of_a_player_are_chosen(api: Api) -> None:
    master = clear(4, 20 * HOUR, 1, 2, hash=MASTER_EDGE, duration=1200)
    lost = clear(3, 3 * HOUR, 1, 2, reason=2, from_beginning=False)
    await store(api.db, [clear(1, HOUR, 1), clear(2, 2 * HOUR, 1, 2, 3), lost, master])
    path = "/raids/player/1/instances"
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["4", "3", "2", "1"]),
        ({"count": 1}, ["4"]),
        ({"before": 4}, ["3", "2", "1"]),
        ({"member": 2}, ["4", "3", "2"]),
        ({"member": [2, 3]}, ["2"]),
        ({"member": 99}, []),
        ({"activity_id": 14}, ["4", "3", "2", "1"]),
        ({"activity_id": 9}, []),
        ({"version_id": 4}, ["4"]),
        ({"completed": "false"}, ["3"]),
        ({"completed": "true", "member": 2}, ["4", "2"]),
        ({"fresh": "false"}, ["3"]),
        ({"flawless": "false"}, ["3"]),
        ({"min_players": 2}, ["4", "3", "2"]),
        ({"max_players": 2, "min_players": 2}, ["4", "3"]),
        ({"max_seconds": 1200}, ["4"]),
        ({"min_seconds": 1201}, ["3", "2", "1"]),
        ({"min_season": 25}, []),
        ({"max_season": 24}, ["4", "3", "2", "1"]),
        ({"since": "2024-06-08"}, ["4"]),
        ({"until": "2024-06-08"}, ["3", "2", "1"]),
        ({"since": "0001-01-01", "until": "9999-12-31", "before": 3}, ["2", "1"]),
    ]
    for query, wanted in cases:
        found = (await api.ask("GET", path, params=query)).json
        assert [row["instance_id"] for row in found] == wanted, query
    assert found == (await api.get("/raids/player/1/history", before=3)).json
    for query in ({"count": 101}, {"member": list(range(1, 8))}, {"fresh": "maybe"}, {"since": "2024-13-01"}):
        (await api.ask("GET", path, params=query)).refused(400, "validation-failed")
    (await api.get("/raids/player/99/instances")).refused(404, "player-not-found")


async def test_a_contest_is_the_version_that_was_made_for_it(api: Api) -> None:
    await store(api.db, [clear(1, 20 * HOUR, 1, hash=EDGE_CONTEST), clear(2, 20 * HOUR, 1)])
    await leaderboards.refresh(api.db, ["contest", "team"])
    shown = [(await api.get(f"/raids/instance/{n}")).json for n in (1, 2)]
    assert [(one["is_contest"], one["is_day_one"], one["leaderboard_rank"]) for one in shown] == [
        (True, True, 1),
        (False, True, 1),
    ]


async def test_a_clan_has_a_short_form(api: Api) -> None:
    api.sql.execute(
        "insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)"
        " values (8, 'Eight', 'm', 'E', '{\"decalId\": 1}', now() - interval '1 day')"
    )
    shown = (await api.get("/raids/clan/8/basic")).json
    whole = (await api.get("/raids/clan/8")).json
    assert shown == {name: whole[name] for name in shown}
    assert {"group_id": "8", "name": "Eight", "call_sign": "E", "motto": "m"}.items() <= shown.items()
    (await api.get("/raids/clan/9/basic")).refused(404, "clan-not-found")


async def test_people_decide_what_counts(api: Api) -> None:
    path = "/raids/admin/reporting"
    await store(api.db, [clear(1, HOUR, 1, 2), clear(2, 2 * HOUR, 2)])
    api.sql.execute(
        "insert into flagging.flag_instance values (1, 'beta-2.1.13', 1::bigint << 60, now(), 0.97);"
        "insert into flagging.flag_instance_player values (1, 2, 'beta-2.1.13', 1::bigint << 59, now(), 0.5)"
    )
    shown = (await api.get(f"{path}/standing/1")).json
    [flag], [own] = shown["flags"], shown["players"][1]["flags"]
    assert (flag.pop("flagged_at"), own.pop("flagged_at")) != (None, None)
    version = {"cheat_check_version": "beta-2.1.13"}
    assert flag == version | {"cheat_check_bitmask": str(1 << 60), "cheat_probability": 0.97}
    assert own == version | {"cheat_check_bitmask": str(1 << 59), "cheat_probability": 0.5}
    player = {
        "bungie_name": "Guardian#0007",
        "cheat_level": 0,
        "is_whitelisted": False,
        "completed": True,
        "blacklist_reason": None,
    }
    assert shown == {
        "instance_id": "1",
        "is_whitelisted": False,
        "blacklist": None,
        "flags": [flag],
        "players": [
            {"membership_id": "1", "flags": [], **player},
            {"membership_id": "2", "flags": [own], **player},
        ],
    }
    culprit = {"membership_id": "2", "reason": "flew"}
    body = {"reason": "seen", "report_id": 7, "players": [culprit]}
    shown = (await api.ask("PUT", f"{path}/blacklist/1", json=body)).json
    listed = shown["blacklist"]
    assert listed.pop("created_at") is not None
    assert listed == {
        "report_source": "WebReport",
        "report_id": "7",
        "cheat_check_version": None,
        "reason": "seen",
    }
    assert [one["blacklist_reason"] for one in shown["players"]] == [None, "flew"]
    assert (await api.get("/raids/instance/1")).json["is_blacklisted"] is True
    board = "/raids/leaderboard/team/first/edge/normal"
    await leaderboards.refresh(api.db, ["team"])
    assert [team["instance_id"] for team in (await api.get(board)).json] == ["2"]
    # Said again, otherwise.
    body = {"reason": "read", "players": [{"membership_id": "1", "reason": "flew"}]}
    shown = (await api.ask("PUT", f"{path}/blacklist/1", json=body)).json
    assert (shown["blacklist"]["report_source"], shown["blacklist"]["report_id"]) == ("Manual", None)
    assert [one["blacklist_reason"] for one in shown["players"]] == ["flew", None]
    # Taken back: the checks, which are sure, do not come back to it.
    assert (await api.ask("DELETE", f"{path}/blacklist/1")).status == 204
    await queries.raids.blacklist_flagged(api.db)
    shown = (await api.get(f"{path}/standing/1")).json
    assert (shown["blacklist"], shown["is_whitelisted"]) == (None, True)
    assert [one["blacklist_reason"] for one in shown["players"]] == [None, None]
    await leaderboards.refresh(api.db, ["team"])
    assert [team["instance_id"] for team in (await api.get(board)).json] == ["1", "2"]
    shown = (await api.ask("PUT", f"{path}/blacklist/1", json={"reason": "after all"})).json
    assert shown["is_whitelisted"] is False
    strangers = {"reason": "x", "players": [{"membership_id": "3", "reason": "x"}]}
    (await api.ask("PUT", f"{path}/blacklist/1", json=strangers)).refused(400, "player-not-in-instance")
    (await api.ask("PUT", f"{path}/blacklist/1", json={"reason": ""})).refused(400, "validation-failed")
    for method, what in (("GET", "standing"), ("PUT", "blacklist"), ("DELETE", "blacklist")):
        given = {"json": {"reason": "x"}} if method == "PUT" else {}
        answer = await api.ask(method, f"{path}/{what}/99", **given)
        answer.refused(404, "instance-not-found")


async def test_people_decide_about_players(api: Api) -> None:
    path = "/raids/admin/reporting/player"
    await store(api.db, [clear(1, HOUR, 1)])
    api.sql.execute(
        "insert into flagging.flag_instance_player values (1, 1, 'beta-2.1.13', 1::bigint << 59, now(), 0.5);"
        "insert into flagging.blacklist_instance (instance_id, report_source, reason)"
        " values (1, 'Manual', 'r');"
        "insert into flagging.blacklist_instance_player values (1, 1, 'r')"
    )
    shown = (await api.get(f"{path}/1")).json
    [flag] = shown.pop("flags")
    assert flag.pop("flagged_at") is not None
    assert flag == {
        "instance_id": "1",
        "cheat_check_version": "beta-2.1.13",
        "cheat_check_bitmask": str(1 << 59),
        "cheat_probability": 0.5,
    }
    assert shown == {
        "membership_id": "1",
        "bungie_name": "Guardian#0007",
        "cheat_level": 0,
        "is_whitelisted": False,
        "is_private": False,
        "first_seen": shown["first_seen"],
        "last_seen": shown["last_seen"],
        "clears": 1,
        "blacklisted_instances": 1,
    }
    for body, level, left_alone in (
        ({"cheat_level": 4}, 4, False),
        ({"is_whitelisted": True}, 4, True),
        ({"cheat_level": 0}, 0, True),
        ({}, 0, True),
    ):
        shown = (await api.ask("PATCH", f"{path}/1", json=body)).json
        assert (shown["cheat_level"], shown["is_whitelisted"]) == (level, left_alone)
    (await api.ask("PATCH", f"{path}/1", json={"cheat_level": 5})).refused(400, "validation-failed")
    (await api.ask("PATCH", f"{path}/99", json={})).refused(404, "player-not-found")
    (await api.get(f"{path}/99")).refused(404, "player-not-found")
