"""PATCH /completions/{record_id}: what the bot notes on a run."""

import pytest

from tests.api import Api


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("message_id", 2**63 - 1),
        ("verification_id", 5),
        ("completion", True),
        ("legacy", True),
        ("legacy_medal", "Silver"),
        ("legacy_medal", None),
        ("wr_xp_check", True),
        ("wr_xp_check", False),
    ],
)
async def test_only_the_given_field_changes(api: Api, column: str, value: object) -> None:
    run_id = api.add_run(api.add_user(), api.add_map(), 10, legacy_medal="Gold")
    query = "select to_jsonb(c) from core.completions c where id = %s"
    before = api.value(query, run_id)
    answer = await api.patch(f"/completions/{run_id}", {column: value, "verified": True, "time": 1})
    assert (answer.status, answer.json) == (200, None)
    assert api.value(query, run_id) == before | {column: value}


async def test_a_change_of_nothing_is_refused(api: Api) -> None:
    run_id = api.add_run(api.add_user(), api.add_map(), 10)
    await api.refuses(api.patch(f"/completions/{run_id}", {}), 400, "nothing-to-change")
    await api.refuses(api.patch(f"/completions/{run_id}", {"time": 1}), 400, "nothing-to-change")


async def test_a_message_belongs_to_one_run(api: Api) -> None:
    map_id = api.add_map()
    api.add_run(api.add_user(), map_id, 10, message_id=5)
    run_id = api.add_run(api.add_user(), map_id, 10)
    await api.refuses(api.patch(f"/completions/{run_id}", {"message_id": 5}), 409, "message-taken")


async def test_a_run_that_would_have_to_be_faster_stays_partial(api: Api) -> None:
    player, map_id = api.add_user(), api.add_map()
    api.add_run(player, map_id, 10, verified=True, inserted_at="2026-01-01")
    run_id = api.add_run(player, map_id, 20, legacy=True)
    await api.refuses(api.patch(f"/completions/{run_id}", {"legacy": False}), 400, "not-faster")


async def test_an_unknown_run_is_not_found(api: Api) -> None:
    await api.refuses(api.patch("/completions/404", {"legacy": True}), 404, "completion-not-found")


async def test_a_malformed_change_is_refused(api: Api) -> None:
    run_id = api.add_run(api.add_user(), api.add_map(), 10)
    bodies = [
        {"message_id": None},
        {"message_id": "5"},
        {"message_id": 0},
        {"completion": 1},
        {"legacy": "true"},
        {"legacy_medal": 5},
        {"legacy_medal": "Platinum"},
    ]
    await api.finds_malformed("PATCH", f"/completions/{run_id}", bodies)
