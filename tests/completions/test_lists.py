"""The lists of runs beside the leaderboard: records, latest, dashboard, moderation, legacy."""

import psycopg
import pytest

from genjilib import queries
from genjilib.completions import api as completions
from tests import contract
from tests.api import Api
from tests.support import Ground

Runs = list[contract.CompletionResponse]


async def runs(api: Api, path: str, **query: object) -> Runs:
    return (await api.get(f"/completions/{path}", **query)).read(Runs)


async def test_world_records_are_the_runs_that_nobody_beats(api: Api) -> None:
    player, rival = api.add_user(), api.add_user()
    first, second = api.add_map("MAP1", raw=6, medals=(10, 20, 30)), api.add_map("MAP2", raw=2)
    third, gone = api.add_map("MAP3", raw=1), api.add_map("GONE", raw=0, archived=True)
    api.add_run(player, first, 10, verified=True)
    api.add_run(rival, first, 10, verified=True)
    api.add_run(player, second, 20, verified=True)
    api.add_run(rival, second, 15, verified=True, completion=True)
    api.add_run(player, third, 30, verified=True)
    api.add_run(rival, third, 29, verified=True)
    api.add_run(player, gone, 30, verified=True)
    found = await runs(api, "world-records", user_id=player)
    assert [(run.code, run.rank, run.medal, run.total_results) for run in found] == [
        ("GONE", 1, None, 3),
        ("MAP2", 1, None, 3),
        ("MAP1", 1, "Gold", 3),
    ]
    for archived, codes in (("archived", ["GONE"]), ("not_archived", ["MAP2", "MAP1"])):
        found = await runs(api, "world-records", user_id=player, archived=archived)
        assert [run.code for run in found] == codes


async def test_the_latest_runs_are_those_shown_in_discord_and_only_one_a_player_has_a_rank(api: Api) -> None:
    player, rival, map_id = api.add_user(), api.add_user(), api.add_map(medals=(10, 20, 30))
    shown = {"verified": True}
    api.add_run(player, map_id, 40, inserted_at="2026-01-01", message_id=1, **shown)
    api.add_run(player, map_id, 25, inserted_at="2026-01-02", message_id=2, **shown)
    api.add_run(rival, map_id, 15, inserted_at="2026-01-03", message_id=3, **shown)
    api.add_run(api.add_user(), map_id, 5, **shown)
    api.add_run(api.add_user(), map_id, 6, message_id=4)
    api.add_run(api.add_user(), map_id, 6, message_id=5, legacy=True, **shown)
    found = await runs(api, "all")
    assert [(run.message_id, run.rank, run.medal) for run in found] == [
        (3, 2, "Silver"),
        (2, 3, "Bronze"),
        (1, None, None),
    ]
    second = await runs(api, "all", page_size=2, page_number=2)
    assert [(run.message_id, run.total_results) for run in second] == [(1, 3)]


async def test_the_dashboard_tells_what_became_of_every_run(api: Api) -> None:
    player, moderator, map_id = api.add_user(), api.add_user(), api.add_map(medals=(10, 20, 30))
    api.add_run(player, map_id, 40, verified_by=moderator, reason="Blurry", inserted_at="2026-01-01")
    api.add_run(player, map_id, 30, verified=True, verified_by=moderator, inserted_at="2026-01-02")
    api.add_run(player, map_id, 20, inserted_at="2026-01-03")
    api.add_run(moderator, map_id, 5)
    answer = await api.get("/completions/dashboard", user_id=player)
    found = answer.read(list[contract.DashboardCompletionResponse])
    assert [(run.status, run.reason, run.rank, run.medal) for run in found] == [
        ("Pending", None, None, None),
        ("Verified", None, 1, "Bronze"),
        ("Rejected", "Blurry", None, None),
    ]
    assert {run.total_results for run in found} == {3}


@pytest.mark.parametrize("path", ["", "/dashboard", "/world-records"])
async def test_runs_on_a_map_without_a_code_are_neither_listed_nor_counted(api: Api, path: str) -> None:
    player = api.add_user()
    api.add_run(player, api.add_map("AAAA"), 10, verified=True)
    api.add_run(player, api.add_map("BBBB"), 10, verified=True)
    assert {run["total_results"] for run in (await api.get(f"/completions{path}", user_id=player)).json} == {
        2
    }
    api.sql.execute("update core.maps set code = null where code = 'BBBB'")
    found = (await api.get(f"/completions{path}", user_id=player)).json
    assert [(run["code"], run["total_results"]) for run in found] == [("AAAA", 1)]


@pytest.mark.parametrize(
    ("query", "times"),
    [
        ({}, [20, 15]),
        ({"latest_only": "false"}, [20, 30, 15, 40]),
        ({"verification_status": "Verified"}, [30, 15]),
        ({"verification_status": "Unverified"}, [20]),
        ({"verification_status": "Unverified", "latest_only": "false"}, [20, 40]),
        ({"code": "MAP2"}, [15]),
        ({"code": "NONE"}, []),
        ({"page_size": 1, "page_number": 2}, [15]),
        # Pages behind the middle are counted from the oldest run.
        ({"page_size": 1, "page_number": 3, "latest_only": "false"}, [15]),
        ({"page_size": 1, "page_number": 4, "latest_only": "false"}, [40]),
        ({"page_size": 3, "page_number": 2, "latest_only": "false"}, [40]),
        ({"page_size": 1, "page_number": 5, "latest_only": "false"}, []),
        ({"page_size": 1, "page_number": 3}, []),
        ({"page_size": 0, "code": "MAP1", "latest_only": "false"}, [20, 30, 40]),
        ({"page_size": 0}, [20, 15]),
    ],
)
async def test_moderators_choose_what_they_see(
    api: Api, monkeypatch: pytest.MonkeyPatch, query: dict[str, object], times: list[float]
) -> None:
    player, rival = api.add_user(), api.add_user()
    first, second = api.add_map("MAP1"), api.add_map("MAP2")
    api.add_run(player, first, 40, verified_by=rival, inserted_at="2026-01-01")
    api.add_run(rival, second, 15, verified=True, inserted_at="2026-01-02")
    api.add_run(player, first, 30, verified=True, inserted_at="2026-01-03")
    api.add_run(player, first, 20, inserted_at="2026-01-04")
    found = await runs(api, "moderation/records", **query)
    assert [run.time for run in found] == times
    with monkeypatch.context() as patched:
        patched.setattr(completions, "FAR", -1)
        assert await runs(api, "moderation/records", **query) == found
    every = {name: value for name, value in query.items() if not name.startswith("page_")}
    assert {run.total_results for run in found} <= {len(await runs(api, "moderation/records", **every))}
    own = await runs(api, "moderation/records", user_id=rival)
    assert [(run.verified, run.rank) for run in own] == [(True, 1)]


def test_a_page_far_from_both_ends_looks_up_only_the_runs_of_players_with_several(ground: Ground) -> None:
    sql = next(iter(queries.completions.records.texts.values())).sql
    with psycopg.connect(ground.filled(), autocommit=True) as connection:
        plan = "\n".join(line for (line,) in connection.execute(b"explain (generic_plan, costs off) " + sql))
    assert "Scan Backward using idx_records_inserted_at" in plan
    assert "hashed SubPlan" in plan


async def test_legacy_runs_keep_the_medal_they_had(api: Api) -> None:
    player, rival, map_id = api.add_user(), api.add_user(), api.add_map(medals=(10, 20, 30))
    old = {"verified": True, "legacy": True}
    api.add_run(player, map_id, 15, legacy_medal="Gold", inserted_at="2026-01-01", **old)
    api.add_run(player, map_id, 25, legacy_medal="Silver", inserted_at="2026-01-02", **old)
    api.add_run(rival, map_id, 20, inserted_at="2026-01-01", **old)
    api.add_run(rival, map_id, 5, verified=True)
    found = await runs(api, "AAAA/legacy")
    assert [(run.time, run.rank, run.medal, run.legacy_medal) for run in found] == [
        (20, 1, None, None),
        (25, 2, "Silver", "Silver"),
    ]
    assert await runs(api, "NONE/legacy") == []


async def test_the_world_record_xp_is_checked_for_a_player_and_a_map(api: Api) -> None:
    player, map_id = api.add_user(), api.add_map()
    path = "/completions/AAAA/wr-xp-check"
    api.add_run(player, map_id, 40, wr_xp_check=True, legacy=True)
    assert (await api.get(path, user_id=player)).json is False
    api.add_run(player, map_id, 30, wr_xp_check=True)
    assert (await api.get(path, user_id=player)).json is True
    assert (await api.get(path, user_id=api.add_user())).json is False
