"""GET /completions/{record_id}/submission and /completions/pending: what moderators look at."""

import pytest

from tests import contract, rows
from tests.api import Api
from tests.completions.acts import submitted


async def submission(api: Api, run_id: int) -> contract.CompletionSubmissionResponse:
    return (await api.get(f"/completions/{run_id}/submission")).read(contract.CompletionSubmissionResponse)


async def test_a_run_is_shown_with_all_a_verdict_needs(api: Api) -> None:
    player = api.add_user("Genji")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=player, username="Alt")
    api.add_map(medals=(50, 60, 70))
    run_id = (await submitted(api, player, 60)).completion_id
    shown = await submission(api, run_id)
    assert (shown.id, shown.user_id, shown.time, shown.code) == (run_id, player, 60, "AAAA")
    assert (shown.name, shown.also_known_as, shown.suspicious) == ("Genji", "Alt", False)
    assert (shown.verified, shown.verified_by, shown.verification_id, shown.message_id) == (
        False,
        None,
        None,
        None,
    )
    assert (shown.hypothetical_rank, shown.hypothetical_medal) == (1, "Silver")


@pytest.mark.parametrize(("time", "rank"), [(9, 1), (10, 1), (10.01, 2), (20, 2), (25, 4), (99, 4)])
async def test_the_hypothetical_rank_is_among_the_full_runs_of_others(
    api: Api, time: float, rank: int
) -> None:
    player = api.add_user()
    map_id = api.add_map()
    for other in (10, 20, 20):
        api.add_run(api.add_user(), map_id, other, verified=True)
    for more in ({"completion": True}, {"legacy": True}, {"verified": False}):
        api.add_run(api.add_user(), map_id, 1, **{"verified": True} | more)
    api.add_run(player, map_id, 100, verified=True, inserted_at="2026-01-01")
    run_id = api.add_run(player, map_id, time)
    assert (await submission(api, run_id)).hypothetical_rank == rank


async def test_a_partial_run_has_neither_rank_nor_medal_to_hope_for(api: Api) -> None:
    map_id = api.add_map(medals=(50, 60, 70))
    shown = await submission(api, api.add_run(api.add_user(), map_id, 10, completion=True))
    assert (shown.hypothetical_rank, shown.hypothetical_medal) == (None, None)


async def test_a_flag_on_any_run_makes_the_player_suspicious(api: Api) -> None:
    player = api.add_user()
    old = api.add_run(player, api.add_map("BBBB"), 10, verified=True)
    run_id = api.add_run(player, api.add_map("AAAA"), 10)
    rows.add(api.sql, "users.suspicious_flags", "id", user_id=player, completion_id=old)
    assert (await submission(api, run_id)).suspicious


async def test_an_unknown_run_is_not_found(api: Api) -> None:
    (await api.get("/completions/404/submission")).refused(404, "completion-not-found")


async def test_only_runs_with_a_message_wait_in_the_queue(api: Api) -> None:
    map_id = api.add_map()
    assert (await api.get("/completions/pending")).json == []
    first = api.add_run(api.add_user(), map_id, 10, verification_id=71)
    second = api.add_run(api.add_user(), map_id, 10, verification_id=72)
    api.add_run(api.add_user(), map_id, 10)
    api.add_run(api.add_user(), map_id, 10, verification_id=73, verified=True)
    api.add_run(api.add_user(), map_id, 10, verification_id=74, verified_by=rows.SYSTEM)
    found = (await api.get("/completions/pending")).read(list[contract.PendingVerificationResponse])
    assert [(run.id, run.verification_id) for run in found] == [(first, 71), (second, 72)]
