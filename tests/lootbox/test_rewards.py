"""The lists of lootboxes, what is granted without a key, and the settings that all share."""

from datetime import UTC, datetime

import pytest

from tests import contract
from tests.api import Answer, Api

CDN = "https://cdn.genji.pk/assets"


async def give(api: Api, user_id: int, kind: str, name: str, key_type: str = "Classic") -> Answer:
    return await api.ask("POST", f"/lootbox/users/debug/{user_id}/{key_type}/{kind}/{name}")


async def test_all_rewards_are_listed_or_some(api: Api) -> None:
    every = (await api.get("/lootbox/rewards")).read(list[contract.RewardTypeResponse])
    assert len(every) == 349
    assert all(reward.url and reward.url.startswith(f"{CDN}/rank_card/") for reward in every)
    assert every == sorted(every, key=lambda reward: (reward.key_type, reward.name, reward.type))
    for query, amount in (
        ({"key_type": "Winter"}, 53),
        ({"reward_type": "skin"}, 28),
        ({"rarity": "legendary", "key_type": "Classic"}, 13),
        ({"reward_type": "pose", "rarity": "epic", "key_type": "Classic"}, 4),
        ({"reward_type": "hat"}, 0),
    ):
        found = (await api.get("/lootbox/rewards", **query)).read(list[contract.RewardTypeResponse])
        want = [
            reward
            for reward in every
            if query.get("key_type", reward.key_type) == reward.key_type
            and query.get("reward_type", reward.type) == reward.type
            and query.get("rarity", reward.rarity) == reward.rarity
        ]
        assert found == want
        assert len(found) == amount, query
    (await api.get("/lootbox/rewards", key_type="Gold")).refused(400, "validation-failed")


async def test_types_of_keys(api: Api) -> None:
    found = (await api.get("/lootbox/keys")).read(list[contract.LootboxKeyTypeResponse])
    assert [key.name for key in found] == ["Autumn", "Classic", "Halloween", "Spring", "Summer", "Winter"]
    assert (await api.get("/lootbox/keys", key_type="Spring")).json == [{"name": "Spring"}]


async def test_what_somebody_has_earned_is_listed_once_with_its_mastery(api: Api) -> None:
    user_id = api.add_user()
    for at in ("2026-01-02", "2026-01-01"):
        api.sql.execute(
            "insert into lootbox.user_rewards (user_id, reward_name, reward_type, key_type, earned_at)"
            " values (%s, 'Ayutthaya', 'background', 'Classic', %s)",
            [user_id, at],
        )
    for name, medal in (("King's Row", "Rookie"), ("Hanamura", "Placeholder")):
        api.sql.execute("insert into maps.mastery values (%s, %s, %s)", [user_id, name, medal])
    path = f"/lootbox/users/{user_id}/rewards"
    background, mastery = (await api.get(path)).read(list[contract.UserRewardResponse])
    assert background == contract.UserRewardResponse(
        user_id=user_id,
        earned_at=datetime(2026, 1, 1, tzinfo=UTC),
        name="Ayutthaya",
        type="background",
        rarity="common",
        medal=None,
        url=f"{CDN}/rank_card/background/ayutthaya.webp",
    )
    assert (mastery.name, mastery.type, mastery.rarity, mastery.medal, mastery.url) == (
        *("King's Row", "mastery", "common", "Rookie"),
        f"{CDN}/mastery/kings_row_rookie.webp",
    )
    for query, names in (
        ({"reward_type": "mastery"}, ["King's Row"]),
        ({"reward_type": "background"}, ["Ayutthaya"]),
        ({"key_type": "Classic"}, ["Ayutthaya"]),
        ({"rarity": "common"}, ["Ayutthaya", "King's Row"]),
        ({"rarity": "epic"}, []),
    ):
        found = (await api.get(path, **query)).read(list[contract.UserRewardResponse])
        assert [reward.name for reward in found] == names, query
    assert (await api.get("/lootbox/users/404/rewards")).json == []


async def test_keys_are_granted_and_counted(api: Api) -> None:
    user_id = api.add_user()
    for key_type in ("Winter", "Classic", "Winter"):
        asked = await api.ask("POST", f"/lootbox/users/{user_id}/keys/{key_type}")
        assert (asked.status, asked.raw) == (204, b"")
    assert (await api.ask("PATCH", "/lootbox/keys/Spring")).status == 204
    assert (await api.ask("POST", f"/lootbox/users/{user_id}/keys")).status == 204
    path = f"/lootbox/users/{user_id}/keys"
    found = (await api.get(path)).read(list[contract.UserLootboxKeyAmountResponse])
    assert [(key.key_type, key.amount) for key in found] == [("Classic", 1), ("Spring", 1), ("Winter", 2)]
    assert (await api.get(path, key_type="Winter")).json == [{"key_type": "Winter", "amount": 2}]
    assert (await api.get("/lootbox/users/404/keys")).json == []


async def test_nobody_unknown_gets_anything(api: Api) -> None:
    for path in ("keys", "keys/Winter"):
        await api.refuses(api.ask("POST", f"/lootbox/users/404/{path}"), 404, "user-not-found")
    await api.refuses(give(api, 404, "coins", "5"), 404, "user-not-found")
    assert (await api.get("/lootbox/users/404/coins")).json == 0
    for method, path in (
        ("POST", f"/lootbox/users/{api.add_user()}/keys/Gold"),
        ("PATCH", "/lootbox/keys/Gold"),
    ):
        await api.refuses(api.ask(method, path), 400, "validation-failed")


async def test_rewards_are_given_without_a_key_and_only_once(api: Api) -> None:
    user_id = api.add_user()
    for _ in range(2):
        assert (await give(api, user_id, "background", "Ayutthaya")).status == 204
    assert (await give(api, user_id, "coins", "1000000")).status == 204
    query = "select reward_name, reward_type, key_type from lootbox.user_rewards"
    assert api.rows(query) == [("Ayutthaya", "background", "Classic")]
    assert (await api.get(f"/lootbox/users/{user_id}/coins")).json == 1_000_000
    await api.refuses(give(api, user_id, "background", "Moon"), 404, "reward-not-found")
    await api.refuses(give(api, user_id, "background", "Ayutthaya", "Winter"), 404, "reward-not-found")
    for number in ("1000001", "0", "-5", "1.5", "many", "٣", "9" * 30):
        await api.refuses(give(api, user_id, "coins", number), 400, "bad-coins")
    await api.refuses(give(api, user_id, "coins", "9" * 101), 400, "validation-failed")


async def test_coins_beyond_what_can_be_counted_are_refused(api: Api) -> None:
    user_id = api.add_user(coins=2_147_483_647)
    await api.refuses(give(api, user_id, "coins", "1"), 400, "out-of-range")


async def test_the_multiplier_is_a_bare_number(api: Api) -> None:
    assert (await api.get("/lootbox/xp/multiplier")).raw == b"1.0"
    for value, kept in ((2, b"2.0"), (1.25, b"1.25"), (10, b"10.0")):
        assert (await api.post("/lootbox/xp/multiplier", {"value": value})).status == 204
        assert (await api.get("/lootbox/xp/multiplier")).raw == kept
    await api.finds_malformed(
        "POST", "/lootbox/xp/multiplier", [{}, {"value": 0.9}, {"value": 10.1}, {"value": "x"}]
    )


@pytest.mark.parametrize(
    ("xp", "now", "sub", "main"),
    [
        (None, "Newcomer I", ("Newcomer", "II", "Newcomer II", 100, 100), ("Initiate", 500, 500)),
        (6850, "Assassin IV", ("Assassin", "V", "Assassin V", 50, 6900), ("Ronin", 150, 7000)),
        (6999, "Assassin V", ("Ronin", "I", "Ronin I", 1, 7000), ("Ronin", 1, 7000)),
        (19_950, "Mythic V", ("Newcomer", "I", "Newcomer I", 50, 20_000), ("Newcomer", 50, 20_000)),
    ],
)
async def test_a_summary_tells_the_tier_and_what_the_next_ones_ask_for(
    api: Api, xp: int | None, now: str, sub: tuple[str, str, str, int, int], main: tuple[str, int, int]
) -> None:
    user_id = api.add_user()
    if xp is not None:
        api.sql.execute("insert into lootbox.xp values (%s, %s, 'Other')", [user_id, xp])
    found = (await api.get(f"/lootbox/users/{user_id}/xp-summary")).read(contract.XpSummaryResponse)
    amount = xp or 0
    assert (found.xp, found.raw_tier, found.normalized_tier, found.prestige_level) == (
        *(amount, amount // 100),
        *(amount // 100 % 100, amount // 10_000),
    )
    current = f"{found.current_main_tier_name} {found.current_sub_tier_name}"
    assert current == found.current_full_tier_name == now
    assert (found.next_sub_tier_name, found.next_full_tier_name) == sub[1:3]
    assert (found.next_sub_tier_xp_required, found.next_sub_tier_xp_total) == sub[3:]
    assert found.next_main_tier_name == main[0]
    assert (found.next_main_tier_xp_required, found.next_main_tier_xp_total) == main[1:]


async def test_nobody_unknown_has_a_summary(api: Api) -> None:
    await api.refuses(api.get("/lootbox/users/404/xp-summary"), 404, "user-not-found")
