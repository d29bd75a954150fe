"""The routes of the raids: search, instances, leaderboards."""

from datetime import timedelta
from typing import Any

import pytest

from genjilib.local.bungie.reports import Entry, Played, Weapon
from genjilib.raids import leaderboards
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
