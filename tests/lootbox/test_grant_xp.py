"""POST /lootbox/users/{user_id}/xp: XP with the keys, notifications and messages of the tiers it passes."""

import asyncio

import pytest

from tests import contract
from tests.api import Api


async def grant(api: Api, user_id: int, amount: int, **more: object) -> contract.XpGrantResponse:
    answer = await api.post(f"/lootbox/users/{user_id}/xp", {"amount": amount, "type": "Other", **more})
    return answer.read(contract.XpGrantResponse)


def keys(api: Api, user_id: int) -> int:
    return api.value("select count(*) from lootbox.user_keys where user_id = %s", user_id)


async def test_a_grant_answers_and_announces_both_amounts(api: Api) -> None:
    user_id = api.add_user()
    assert (await grant(api, user_id, 30)).new_amount == 30
    done = await grant(api, user_id, 12, type="Guide", reason="a guide")
    assert (done.previous_amount, done.new_amount) == (30, 42)
    message = api.sent("api.xp.grant")[-1]
    assert message.body == {
        "user_id": user_id,
        "amount": 12,
        "type": "Guide",
        "previous_amount": 30,
        "new_amount": 42,
        "reason": "a guide",
    }
    assert message.job_id is None
    assert api.notified(user_id) == ["xp_gain", "xp_gain"]
    assert api.jobs() == []


@pytest.mark.parametrize(
    ("before", "amount", "gained", "kinds"),
    [
        (0, 99, 0, ["xp_gain"]),
        (0, 100, 1, ["xp_gain", "rank_up", "lootbox_earned"]),
        (99, 1, 1, ["xp_gain", "rank_up", "lootbox_earned"]),
        (100, 99, 0, ["xp_gain"]),
        (499, 1, 1, ["xp_gain", "rank_up", "lootbox_earned"]),
        (9990, 60, 16, ["xp_gain", "rank_up", "prestige", "lootbox_earned"]),
        (0, 10_000, 15, ["xp_gain", "prestige", "lootbox_earned"]),
    ],
)
async def test_a_tier_brings_a_key_and_a_prestige_fifteen(
    api: Api, before: int, amount: int, gained: int, kinds: list[str]
) -> None:
    user_id = api.add_user()
    api.rows("insert into lootbox.xp values (%s, %s, 'Other') returning 1", user_id, before)
    await grant(api, user_id, amount)
    assert keys(api, user_id) == gained
    assert api.notified(user_id) == kinds


async def test_keys_are_of_the_active_type(api: Api) -> None:
    user_id = api.add_user()
    api.sql.execute("update lootbox.active_key set key = 'Winter'")
    await grant(api, user_id, 100)
    assert api.rows("select key_type from lootbox.user_keys") == [("Winter",)]


@pytest.mark.parametrize(
    ("multiplier", "amount", "given"), [("2", 35, 70), ("1.5", 5, 7), ("1.5", -5, -8), ("1", 0, 0)]
)
async def test_the_multiplier_counts_and_the_rest_is_rounded_down(
    api: Api, multiplier: str, amount: int, given: int
) -> None:
    user_id = api.add_user()
    await grant(api, user_id, 50)
    api.rows("update lootbox.xp_multiplier set value = %s::text::numeric returning 1", multiplier)
    done = await grant(api, user_id, amount)
    assert (done.previous_amount, done.new_amount) == (50, 50 + given)
    assert api.sent("api.xp.grant")[-1].body["amount"] == amount


async def test_taking_xp_back_takes_no_key_back_and_notifies_nobody(api: Api) -> None:
    user_id = api.add_user()
    await grant(api, user_id, 100)
    done = await grant(api, user_id, -50)
    assert (done.previous_amount, done.new_amount) == (100, 50)
    assert keys(api, user_id) == 1
    assert api.notified(user_id) == ["xp_gain", "rank_up", "lootbox_earned"]
    assert len(api.sent("api.xp.grant")) == 2


async def test_nobody_has_less_than_no_xp(api: Api) -> None:
    user_id = api.add_user()
    await grant(api, user_id, 10)
    asked = api.post(f"/lootbox/users/{user_id}/xp", {"amount": -11, "type": "Other"})
    await api.refuses(asked, 400, "negative-xp")


async def test_xp_beyond_what_can_be_counted_is_refused(api: Api) -> None:
    user_id = api.add_user()
    api.rows("insert into lootbox.xp values (%s, 2147483647, 'Other') returning 1", user_id)
    asked = api.post(f"/lootbox/users/{user_id}/xp", {"amount": 1, "type": "Other"})
    await api.refuses(asked, 400, "out-of-range")


async def test_an_unknown_user_gets_nothing(api: Api) -> None:
    await api.refuses(
        api.post("/lootbox/users/404/xp", {"amount": 1, "type": "Other"}), 404, "user-not-found"
    )


async def test_a_malformed_grant_is_refused(api: Api) -> None:
    bodies = [
        {"amount": 1},
        {"amount": "1", "type": "Other"},
        {"amount": 1.5, "type": "Other"},
        {"amount": 1, "type": "Bribe"},
        {"amount": 1_000_001, "type": "Other"},
        {"amount": 1, "type": "Other", "reason": "x" * 501},
    ]
    await api.finds_malformed("POST", f"/lootbox/users/{api.add_user()}/xp", bodies)


async def test_twenty_grants_at_once_add_up(api: Api) -> None:
    user_id = api.add_user()
    async with asyncio.timeout(20):
        done = await asyncio.gather(*[grant(api, user_id, 10) for _ in range(20)])
    steps = sorted((step.previous_amount, step.new_amount) for step in done)
    assert steps == [(n, n + 10) for n in range(0, 200, 10)]
    assert api.xp(user_id) == 200
    assert keys(api, user_id) == 2
    bodies = [message.body for message in api.sent("api.xp.grant")]
    assert [(body["previous_amount"], body["new_amount"]) for body in bodies] == steps
