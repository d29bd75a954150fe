"""GET /completions: a player's latest verified run on every map."""

from tests import contract
from tests.api import Api

Runs = list[contract.CompletionResponse]


async def of_user(api: Api, user_id: int, **query: object) -> Runs:
    return (await api.get("/completions", user_id=user_id, **query)).read(Runs)


async def test_the_easiest_map_comes_first_each_with_its_latest_run(api: Api) -> None:
    player, rival = api.add_user(), api.add_user()
    hard = api.add_map("HARD", raw=5, medals=(10, 20, 30))
    easy = api.add_map("EASY", raw=1)
    api.add_run(player, hard, 40, verified=True, inserted_at="2026-01-01")
    api.add_run(player, hard, 20, verified=True, inserted_at="2026-01-02")
    api.add_run(player, hard, 10, inserted_at="2026-01-03")
    api.add_run(player, easy, 7, verified=True, completion=True)
    api.add_run(rival, hard, 15, verified=True)
    found = await of_user(api, player)
    assert [(run.code, run.time, run.rank, run.medal) for run in found] == [
        ("EASY", 7, None, None),
        ("HARD", 20, 2, "Silver"),
    ]
    assert {run.user_id for run in found} == {player}
    assert {run.total_results for run in found} == {2}


async def test_a_map_that_became_harder_comes_later(api: Api) -> None:
    player, first, second = api.add_user(), api.add_map("AAAA", raw=1), api.add_map("BBBB", raw=2)
    for map_id in (first, second):
        api.add_run(player, map_id, 10, verified=True)
    assert [run.code for run in await of_user(api, player)] == ["AAAA", "BBBB"]
    (await api.patch("/maps/AAAA", {"difficulty": "Hell"})).read(contract.MapResponse)
    assert [run.code for run in await of_user(api, player)] == ["BBBB", "AAAA"]


async def test_a_difficulty_takes_its_plus_and_minus_along(api: Api) -> None:
    player = api.add_user()
    for n, raw in enumerate((4.42, 5, 5.58, 6.17)):
        api.add_run(player, api.add_map(f"MAP{n}", raw=raw), 10, verified=True)
    codes = [run.code for run in await of_user(api, player, difficulty="Hard")]
    assert codes == ["MAP0", "MAP1", "MAP2"]
    assert [run.code for run in await of_user(api, player, difficulty="Very Hard")] == ["MAP3"]
    assert await of_user(api, player, difficulty="Hell") == []


async def test_archived_maps_are_in_or_out_or_alone(api: Api) -> None:
    player = api.add_user()
    for code, archived in (("OPEN", False), ("GONE", True)):
        api.add_run(player, api.add_map(code, archived=archived), 10, verified=True)
    for archived, codes in (
        ("all", {"OPEN", "GONE"}),
        ("archived", {"GONE"}),
        ("not_archived", {"OPEN"}),
    ):
        assert {run.code for run in await of_user(api, player, archived=archived)} == codes
    assert len(await of_user(api, player, archived="archived", difficulty="Hard")) == 1


async def test_pages_follow_each_other(api: Api) -> None:
    player = api.add_user()
    for n in range(5):
        api.add_run(player, api.add_map(f"MAP{n}", raw=n), 10, verified=True)
    pages = [
        [run.code for run in await of_user(api, player, page_size=2, page_number=n)] for n in (1, 2, 3, 4)
    ]
    assert pages == [["MAP0", "MAP1"], ["MAP2", "MAP3"], ["MAP4"], []]


async def test_ranks_on_each_map_are_those_of_its_leaderboard(api: Api) -> None:
    players = [api.add_user() for _ in range(4)]
    for code, times in (("AAAA", (10, 20, 20, 30)), ("BBBB", (40, 30, 20, 10))):
        map_id = api.add_map(code)
        for player, time in zip(players, times, strict=True):
            api.add_run(player, map_id, time, verified=True)
    for code in ("AAAA", "BBBB"):
        board = (await api.get(f"/completions/{code}")).read(Runs)
        for shown in board:
            own = {run.code: run.rank for run in await of_user(api, shown.user_id)}
            assert own[code] == shown.rank


async def test_nobody_has_no_runs(api: Api) -> None:
    assert await of_user(api, 404) == []


async def test_a_query_that_makes_no_sense_is_refused(api: Api) -> None:
    assert (await api.get("/completions")).status == 400
    for name, value in (
        ("page_number", 0),
        ("page_size", 0),
        ("difficulty", "Hard +"),
        ("archived", "maybe"),
        ("user_id", "x"),
    ):
        (await api.get("/completions", **{"user_id": 1, name: value})).refused(400, "validation-failed")
