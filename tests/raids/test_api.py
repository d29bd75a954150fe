"""The routes of the raids: search, instances, leaderboards."""

from datetime import timedelta
from typing import Any

import pytest

from genjilib.local.bungie.reports import Entry, Played, Weapon
from genjilib.raids import crawl, leaderboards
from genjilib.raids.bungie import Result
from genjilib.raids.store import store
from tests.api import Api
from tests.raids.test_leaderboards import EDGE_CONTEST, HOUR, clear
from tests.raids.test_pgcr import LATER
from tests.raids.test_store import read


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
    assert (await api.get("/raids/leaderboard/individual/global")).json == []
    await leaderboards.refresh(api.db)
    path = "/raids/leaderboard/individual/global"
    page = (await api.get(path, category="clears", page_size=10)).json
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
        page = (await api.get(path, category=category)).json
        assert [row["position"] for row in page] == list(range(1, 14))
    assert (await api.get(path, category="speedrun")).json == []
    (await api.get(path, category="kills")).refused(400, "validation-failed")
    (await api.get(path, page_size=9)).refused(400, "validation-failed")


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
    await store(api.db, [clear(n, n * HOUR, 1) for n in range(1, 6)])
    path = "/raids/player/1/history"
    first = (await api.get(path, count=2)).json
    assert [row["instance_id"] for row in first] == ["5", "4"]
    second = (await api.get(path, count=9, before=first[-1]["instance_id"])).json
    assert [(row["instance_id"], row["is_first_clear"]) for row in second] == [
        ("3", False),
        ("2", False),
        ("1", True),
    ]
    (await api.get(path, count=251)).refused(400, "validation-failed")
    (await api.get("/raids/player/99/history")).refused(404, "player-not-found")


async def test_private_players_are_not_shown(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1)])
    api.sql.execute("update core.player set is_private = true")
    for what in ("profile", "history"):
        (await api.get(f"/raids/player/1/{what}")).refused(403, "private-profile")


async def test_a_report_comes_as_it_was_sent(api: Api) -> None:
    report = clear(1, HOUR, 1)
    await store(api.db, [report])
    assert (await api.get("/raids/pgcr/1")).raw == report.raw
    (await api.get("/raids/pgcr/2")).refused(404, "report-not-found")


async def test_one_raid_has_leaderboards_of_players_and_teams(api: Api) -> None:
    await store(api.db, [clear(1, HOUR, 1, 2), clear(2, 2 * HOUR, 2, 3)])
    await leaderboards.refresh(api.db)
    path = "/raids/leaderboard/individual/raid"
    page = (await api.get(f"{path}/edge", category="sherpas")).json
    assert [(row["membership_id"], row["value"], row["rank"]) for row in page] == [
        ("2", 1, 1),
        ("1", 0, 2),
        ("3", 0, 2),
    ]
    assert (await api.get(f"{path}/vog")).json == []
    (await api.get(f"{path}/nowhere")).refused(404, "raid-not-found")
    teams = (await api.get("/raids/leaderboard/team/first/edge/normal")).json
    assert [(team["position"], team["value"], team["membership_ids"]) for team in teams] == [
        (1, 2 * 3600, ["1", "2"]),
        (2, 3 * 3600, ["2", "3"]),
    ]
    assert (await api.get("/raids/leaderboard/team/first/edge/master")).json == []
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


async def test_the_status_tells_how_far_the_crawler_is(api: Api) -> None:
    empty = {"next_id": None, "updated_at": None, "latest_instance_id": None, "latest_completed_at": None}
    assert (await api.get("/raids/status")).json == empty | {"missed": 0, "blocked": 0}
    await store(api.db, [clear(5, HOUR, 1)])
    missed = {3: (Result.NOT_FOUND, 9.0), 4: (Result.NOT_FOUND, None)}
    await crawl.record(api.db, crawl.Findings(missed=missed, blocked=[2]), next_id=6)
    shown = (await api.get("/raids/status")).json
    assert (shown["next_id"], shown["latest_instance_id"]) == ("6", "5")
    assert (shown["missed"], shown["blocked"]) == (1, 1)
