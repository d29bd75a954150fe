"""GET /community/statistics/…: counts of players, maps and runs."""

from datetime import UTC, datetime
from typing import TypeVar

from tests import contract, rows
from tests.api import Api
from tests.users.test_rank import complete

T = TypeVar("T")
STATISTICS = "/community/statistics"


async def read(api: Api, path: str, wanted: type[T], **query: object) -> T:
    return (await api.get(f"{STATISTICS}{path}", **query)).read(wanted)


def rate(api: Api, map_id: int, *qualities: int, verified: bool = True) -> None:
    for quality in qualities:
        rows.add(
            *(api.sql, "maps.ratings", "map_id"),
            **{"map_id": map_id, "user_id": api.add_user(), "quality": quality, "verified": verified},
        )


async def test_players_of_each_xp_tier_are_counted_from_501_xp_on(api: Api) -> None:
    for xp in (0, 500, 501, 999, 1000, 10_000, 10_600):
        rows.add(api.sql, "lootbox.xp", "user_id", user_id=api.add_user(), amount=xp)
    found = await read(api, "/xp/players", list[contract.TierAmount])
    assert len(found) == 20
    assert [(row.tier, row.amount) for row in found if row.amount] == [
        ("Newcomer", 1),
        ("Initiate", 3),
        ("Apprentice", 1),
    ]


async def test_players_of_each_skill_rank_are_counted_as_the_leaderboard_shows_them(api: Api) -> None:
    for difficulty, amount in (("Easy", 9), ("Easy", 10), ("Extreme", 7), ("Hell", 3)):
        complete(api, api.add_user(), difficulty, amount)
    found = await read(api, "/skill/players", list[contract.TierAmount])
    assert [(row.tier, row.amount) for row in found] == [
        *(("Ninja", 2), ("Jumper", 1), ("Skilled", 0), ("Pro", 0), ("Master", 0)),
        *(("Grandmaster", 1), ("God", 1)),
    ]


async def test_times_of_a_map(api: Api) -> None:
    map_id = api.add_map()
    api.add_map("BBBB")
    for time, verified in ((10, True), (20.01, True), (30, True), (5, False), (99_999_999, True)):
        api.add_run(api.add_user(), map_id, time, verified=verified)
    read_times = [
        await read(api, "/maps/completions", list[contract.MapCompletionStatisticsResponse], code=code)
        for code in ("AAAA", "BBBB", "ZZZZ")
    ]
    times = contract.MapCompletionStatisticsResponse
    assert read_times == [[times(10, 30, 20)], [times(None, None, None)], []]
    (await api.get(f"{STATISTICS}/maps/completions", code="a")).refused(400, "validation-failed")
    (await api.get(f"{STATISTICS}/maps/completions")).refused(400, "validation-failed")


async def test_maps_of_each_difficulty(api: Api) -> None:
    for n, (raw, change) in enumerate(
        [
            *((1, {}), (2, {}), (10, {}), (5, {"official": False}), (5, {"archived": True})),
            *((5, {"hidden": True}), (7, {"playtesting": "In Progress"})),
        ]
    ):
        api.add_map(f"M{n:04}", raw=raw, **change)
    found = await read(api, "/maps/difficulty", list[contract.MapPerDifficultyStatisticsResponse])
    assert [(row.difficulty, row.amount) for row in found] == [("Easy", 2), ("Very Hard", 1), ("Hell", 1)]


async def test_the_five_most_played_maps_of_each_difficulty(api: Api) -> None:
    player = api.add_user()
    for n, runs in enumerate([0, 3, 1, 1, 1, 1, 2]):
        map_id = api.add_map(f"M{n:04}", raw=1)
        for time in range(runs):
            api.add_run(player, map_id, 50 - time)
        rate(api, map_id, *((6, 5) if n == 3 else (1,) if n == 4 else ()))
        rate(api, map_id, 6, verified=False)
    api.add_run(player, api.add_map("HELL", raw=10), 5)
    api.add_run(player, api.add_map("GONE", raw=10, archived=True), 5)
    found = await read(api, "/maps/popular", list[contract.PopularMapsStatisticsResponse])
    assert [(row.code, row.completions, row.quality, row.difficulty, row.ranking) for row in found] == [
        ("M0001", 3, 0, "Easy", 1),
        ("M0006", 2, 0, "Easy", 2),
        ("M0003", 1, 5.5, "Easy", 3),
        ("M0004", 1, 1, "Easy", 4),
        ("M0002", 1, 0, "Easy", 5),
        ("HELL", 1, 0, "Hell", 1),
    ]


async def test_creators_of_three_rated_maps_by_their_average(api: Api) -> None:
    creators = {name: api.add_user(name) for name in ("good", "better", "few")}
    for n, (name, qualities) in enumerate(
        [
            *(("good", (2,)), ("good", (4, 4, 4)), ("good", (3,))),
            *(("better", (4,)), ("better", (4,)), ("better", (5, 6))),
            *(("few", (6,)), ("few", (6,)), ("few", ())),
        ]
    ):
        map_id = api.add_map(f"M{n:04}")
        rows.add(api.sql, "maps.creators", "user_id", user_id=creators[name], map_id=map_id)
        rate(api, map_id, *qualities)
        rate(api, map_id, 1, verified=False)
    found = await read(api, "/creators/popular", list[contract.TopCreatorsResponse])
    assert [(row.name, row.map_count, row.average_quality) for row in found] == [
        ("better", 3, 4.5),
        ("good", 3, 3),
    ]


async def test_maps_of_each_map_name(api: Api) -> None:
    for n, change in enumerate(
        ({}, {}, {"map_name": "Paris"}, {"map_name": "Paris", "hidden": True}, {"archived": True})
    ):
        api.add_map(f"M{n:04}", **change)
    total = await read(api, "/maps/all", list[contract.MapCountsResponse])
    assert len(total) == 70
    assert [(row.map_name, row.amount) for row in total[:3]] == [
        *(("Hanamura", 3), ("Paris", 2), ("Aatlis", 0)),
    ]
    seen = await read(api, "/maps/unarchived", list[contract.MapCountsResponse])
    assert [(row.map_name, row.amount) for row in seen] == [("Hanamura", 2), ("Paris", 1)]


async def test_the_times_of_a_player_on_a_map(api: Api) -> None:
    player, map_id = api.add_user(), api.add_map()
    for day, time in ((1, 30), (2, 20.5), (3, 10)):
        api.add_run(player, map_id, time, inserted_at=f"2026-01-0{day}", verified=day < 3)
    api.add_run(api.add_user(), map_id, 5)
    path = f"/maps/AAAA/user/{player}"
    found = await read(api, path, list[contract.MapRecordProgressionResponse])
    assert [(row.time, row.inserted_at) for row in found] == [
        (time, datetime(2026, 1, day, tzinfo=UTC)) for day, time in ((3, 10), (2, 20.5), (1, 30))
    ]
    assert await read(api, "/maps/ZZZZ/user/404", list[contract.MapRecordProgressionResponse]) == []


async def test_the_seconds_played_on_each_difficulty(api: Api) -> None:
    for raw, code in ((1, "EASY"), (1.5, "EAS2"), (10, "HELL")):
        map_id = api.add_map(code, raw=raw)
        for time, verified in ((10.25, True), (5, True), (7, False), (99_999_999, True)):
            api.add_run(api.add_user(), map_id, time, verified=verified)
    found = await read(api, "/ranks/time-played", list[contract.TimePlayedPerRankResponse])
    assert [(row.difficulty, row.total_seconds) for row in found] == [("Easy", 30.5), ("Hell", 15.25)]
