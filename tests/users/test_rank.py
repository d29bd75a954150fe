"""GET /users/{user_id}/rank: what a player has completed, and the ranks this is enough for."""

import pytest

from tests import contract
from tests.api import Api

DIFFICULTIES = {"Easy": 1, "Medium": 3, "Hard": 5, "Very Hard": 7, "Extreme": 8, "Hell": 10}
REQUIRED = {"Easy": 10, "Medium": 10, "Hard": 10, "Very Hard": 10, "Extreme": 7, "Hell": 3}


async def ranks(api: Api, user_id: int) -> dict[str, contract.RankDetailResponse]:
    found = (await api.get(f"/users/{user_id}/rank")).read(list[contract.RankDetailResponse])
    assert [row.difficulty for row in found] == list(DIFFICULTIES)
    return {row.difficulty: row for row in found}


def complete(api: Api, user_id: int, difficulty: str, amount: int, time: float = 50, **run: object) -> None:
    """Verified runs on new maps with medals for 10, 20 and 30 seconds."""
    taken = api.value("select count(*) from core.maps")
    for n in range(taken, taken + amount):
        map_id = api.add_map(f"M{n:04}", raw=DIFFICULTIES[difficulty], medals=(10, 20, 30))
        api.add_run(user_id, map_id, time, **{"verified": True} | run)


async def test_nothing_is_completed_at_first(api: Api) -> None:
    for user_id in (api.add_user(), 404):
        for row in (await ranks(api, user_id)).values():
            assert (row.completions, row.gold, row.silver, row.bronze) == (0, 0, 0, 0)
            met = (row.rank_met, row.gold_rank_met, row.silver_rank_met, row.bronze_rank_met)
            assert met == (False,) * 4


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
async def test_a_rank_is_met_at_its_very_number(api: Api, difficulty: str) -> None:
    user_id = api.add_user()
    complete(api, user_id, difficulty, REQUIRED[difficulty] - 1)
    row = (await ranks(api, user_id))[difficulty]
    assert (row.completions, row.rank_met) == (REQUIRED[difficulty] - 1, False)
    complete(api, user_id, difficulty, 1, completion=True, video=None)
    row = (await ranks(api, user_id))[difficulty]
    assert (row.completions, row.rank_met, row.gold_rank_met) == (REQUIRED[difficulty], True, False)


async def test_each_medal_counts_for_itself(api: Api) -> None:
    user_id = api.add_user()
    for time, amount in ((10, 3), (10.01, 1), (20, 2), (20.01, 1), (30, 1), (30.01, 1)):
        complete(api, user_id, "Hell", amount, time)
    row = (await ranks(api, user_id))["Hell"]
    assert (row.completions, row.gold, row.silver, row.bronze) == (9, 3, 3, 2)
    assert (row.gold_rank_met, row.silver_rank_met, row.bronze_rank_met) == (True, True, False)


async def test_only_full_runs_with_a_video_earn_medals(api: Api) -> None:
    user_id = api.add_user()
    complete(api, user_id, "Hell", 1, 5, completion=True)
    complete(api, user_id, "Hell", 1, 5, video=None)
    complete(api, user_id, "Hell", 1, 5, video="")
    complete(api, user_id, "Hell", 1, 5, legacy=True, legacy_medal="Bronze")
    complete(api, user_id, "Hell", 1, 5, legacy=True)
    row = (await ranks(api, user_id))["Hell"]
    assert (row.completions, row.gold, row.silver, row.bronze) == (5, 1, 0, 1)


async def test_maps_that_are_not_official_and_playable_do_not_count(api: Api) -> None:
    user_id = api.add_user()
    for n, change in enumerate(
        (
            {"official": False},
            {"archived": True},
            {"playtesting": "In Progress"},
            {"playtesting": "Rejected"},
            {},
        )
    ):
        map_id = api.add_map(f"M{n:04}", raw=1, **change)
        api.add_run(user_id, map_id, 5, verified=True)
    assert (await ranks(api, user_id))["Easy"].completions == 1


async def test_the_latest_verified_run_on_a_map_counts(api: Api) -> None:
    user_id = api.add_user()
    map_id = api.add_map(raw=1, medals=(10, 20, 30))
    for day, time, more in ((1, 25, {"verified": True}), (2, 15, {"verified": True}), (3, 9, {})):
        api.add_run(user_id, map_id, time, inserted_at=f"2026-01-0{day}", **more)
    row = (await ranks(api, user_id))["Easy"]
    assert (row.completions, row.gold, row.silver, row.bronze) == (1, 0, 1, 0)
