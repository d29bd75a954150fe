"""GET /completions/{code}: a map's leaderboard."""

from tests import contract, rows
from tests.api import Api

Board = list[contract.CompletionResponse]


async def board(api: Api, code: str = "AAAA", **query: object) -> Board:
    return (await api.get(f"/completions/{code}", **query)).read(Board)


async def test_ranked_runs_come_before_partial_ones_and_legacy_behind_all(api: Api) -> None:
    map_id = api.add_map()
    runs: dict[str, dict[str, object]] = {
        "legacy partial": {"time": 1, "legacy": True, "completion": True},
        "legacy": {"time": 2, "legacy": True},
        "partial": {"time": 3, "completion": True},
        "slow": {"time": 20},
        "fast": {"time": 10},
    }
    for name, run in runs.items():
        api.add_run(api.add_user(name), map_id, **{"verified": True} | run)
    found = await board(api)
    assert [(run.name, run.rank) for run in found] == [
        ("fast", 1),
        ("slow", 2),
        ("partial", None),
        ("legacy", 1),
        ("legacy partial", None),
    ]
    assert {run.total_results for run in found} == {5}


async def test_equal_times_share_a_rank_and_the_earlier_one_stands_first(api: Api) -> None:
    map_id = api.add_map()
    for name, time, at in (("c", 10, "12:02"), ("a", 10, "12:01"), ("d", 11, "12:00"), ("b", 9, "12:03")):
        api.add_run(api.add_user(name), map_id, time, verified=True, inserted_at=f"2026-01-01 {at}")
    assert [(run.name, run.rank) for run in await board(api)] == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]


async def test_only_the_latest_verified_run_of_a_player_counts(api: Api) -> None:
    player = api.add_user()
    map_id = api.add_map()
    api.add_run(player, map_id, 30, verified=True, inserted_at="2026-01-01")
    api.add_run(player, map_id, 20, verified=True, inserted_at="2026-01-02")
    api.add_run(player, map_id, 15, verified_by=player, inserted_at="2026-01-03")
    api.add_run(player, map_id, 10, inserted_at="2026-01-04")
    (run,) = await board(api)
    assert (run.time, run.rank, run.verified) == (20, 1, True)


async def test_a_medal_is_earned_at_its_very_hundredth(api: Api) -> None:
    map_id = api.add_map(medals=(10.1, 20.2, 30.3))
    for time in (10.1, 10.11, 20.2, 20.21, 30.3, 30.31):
        api.add_run(api.add_user(), map_id, time, verified=True)
    medals = [(run.time, run.medal) for run in await board(api)]
    assert medals == [
        (10.1, "Gold"),
        (10.11, "Silver"),
        (20.2, "Silver"),
        (20.21, "Bronze"),
        (30.3, "Bronze"),
        (30.31, None),
    ]


async def test_partial_runs_earn_no_medal(api: Api) -> None:
    map_id = api.add_map(medals=(10, 20, 30))
    api.add_run(api.add_user(), map_id, 5, verified=True, completion=True)
    ((run),) = await board(api)
    assert (run.medal, run.completion) == (None, True)


async def test_a_player_stands_under_its_primary_name_with_the_others_beside_it(api: Api) -> None:
    map_id = api.add_map()
    player, nick, nobody = (
        api.add_user("Nick"),
        api.add_user("Only Nick"),
        api.add_user("-", nickname=None, global_name=None),
    )
    for name, primary in (("Zeta", False), ("Main", True), ("Alpha", False)):
        rows.add(
            api.sql, "users.overwatch_usernames", "id", user_id=player, username=name, is_primary=primary
        )
    for n, user_id in enumerate((player, nick, nobody)):
        api.add_run(user_id, map_id, 10 + n, verified=True)
    assert [(run.name, run.also_known_as) for run in await board(api)] == [
        ("Main", "Alpha, Zeta"),
        ("Only Nick", ""),
        ("Unknown User", ""),
    ]


async def test_a_run_shows_all_that_is_known_of_it(api: Api) -> None:
    player = api.add_user("Genji")
    map_id = api.add_map(medals=(10, 20, 30))
    run_id = api.add_run(player, map_id, 12.5, verified=True, message_id=99, legacy_medal="Gold")
    for user_id in (player, api.add_user()):
        rows.add(api.sql, "completions.upvotes", "id", user_id=user_id, message_id=99)
    rows.add(
        api.sql, "users.suspicious_flags", "id", user_id=player, completion_id=run_id, flag_type="Cheating"
    )
    assert await board(api) == [
        contract.CompletionResponse(
            code="AAAA",
            user_id=player,
            name="Genji",
            also_known_as="",
            time=12.5,
            screenshot="shot",
            video="https://a.example/v",
            completion=False,
            verified=True,
            rank=1,
            medal="Silver",
            map_name="Hanamura",
            difficulty="Hard",
            message_id=99,
            legacy=False,
            legacy_medal="Gold",
            suspicious=True,
            total_results=1,
            upvotes=2,
            id=run_id,
        )
    ]


async def test_pages_follow_each_other_and_zero_means_all(api: Api) -> None:
    map_id = api.add_map()
    for n in range(15):
        api.add_run(api.add_user(), map_id, 10 + n, verified=True)
    pages = [[run.rank for run in await board(api, page_number=n)] for n in (1, 2, 3)]
    assert pages == [list(range(1, 11)), list(range(11, 16)), []]
    assert [run.rank for run in await board(api, page_size=0)] == list(range(1, 16))
    assert {run.total_results for run in await board(api, page_size=3, page_number=2)} == {15}


async def test_an_unknown_map_has_an_empty_leaderboard(api: Api) -> None:
    for code in ("ZZZZ", "%27%20or%201=1--"):
        assert await board(api, code) == []


async def test_a_page_that_no_list_has_is_refused(api: Api) -> None:
    for query in ({"page_number": 0}, {"page_number": -1}, {"page_size": -1}, {"page_size": "all"}):
        (await api.get("/completions/AAAA", **query)).refused(400, "validation-failed")
