"""GET /lootbox/users/{user_id}/keys/{key_type} and the pick after it: a key is worth one reward."""

import asyncio
from collections import Counter

import pytest
from psycopg.types.json import Jsonb

from genjilib.core.errors import Invalid
from genjilib.lootbox import rules
from tests import contract
from tests.api import Answer, Api

CDN = "https://cdn.genji.pk/assets/rank_card"
WEIGHTS = {"common": 65, "rare": 25, "epic": 5, "legendary": 3}
WORTH = {"common": 100, "rare": 250, "epic": 500, "legendary": 1000}

Drawn = list[contract.RewardTypeResponse]


def give_keys(api: Api, user_id: int, amount: int = 1, key_type: str = "Classic") -> None:
    api.sql.execute(
        "insert into lootbox.user_keys (user_id, key_type) select %s, %s from generate_series(1, %s)",
        [user_id, key_type, amount],
    )


def keys(api: Api, user_id: int) -> int:
    return api.value("select count(*) from lootbox.user_keys where user_id = %s", user_id)


def offer(api: Api, user_id: int, *rewards: tuple[str, str], key_type: str = "Classic") -> None:
    listed = [{"name": name, "type": kind} for kind, name in rewards]
    api.sql.execute(
        "insert into lootbox.offers (user_id, key_type, rewards) values (%s, %s, %s)",
        [user_id, key_type, Jsonb(listed)],
    )


def owned(api: Api, user_id: int) -> list[tuple[str, str]]:
    query = "select reward_type, reward_name from lootbox.user_rewards where user_id = %s order by 1, 2"
    return api.rows(query, user_id)


async def draw(api: Api, user_id: int, key_type: str = "Classic") -> Drawn:
    return (await api.get(f"/lootbox/users/{user_id}/keys/{key_type}")).read(Drawn)


async def pick(api: Api, user_id: int, kind: str, name: str, key_type: str = "Classic") -> Answer:
    return await api.ask("POST", f"/lootbox/users/{user_id}/{key_type}/{kind}/{name}")


async def test_a_key_shows_three_rewards_and_gives_the_one_that_is_picked(api: Api) -> None:
    user_id = api.add_user()
    give_keys(api, user_id, 2)
    shown = await draw(api, user_id)
    assert len(shown) == 3
    assert {reward.key_type for reward in shown} == {"Classic"}
    assert not any(reward.duplicate or reward.coin_amount for reward in shown)
    assert (keys(api, user_id), owned(api, user_id)) == (1, [])
    chosen = shown[1]
    got = (await pick(api, user_id, chosen.type, chosen.name)).read(contract.RewardTypeResponse)
    assert got == chosen
    if chosen.type == "coins":
        assert (await api.get(f"/lootbox/users/{user_id}/coins")).json == int(chosen.name)
    else:
        assert owned(api, user_id) == [(chosen.type, chosen.name)]
    for reward in shown:
        asked = pick(api, user_id, reward.type, reward.name)
        await api.refuses(asked, 400, "insufficient-keys")


async def test_the_oldest_key_of_the_type_is_spent(api: Api) -> None:
    user_id = api.add_user()
    for at, kind in (("2026-01-02", "Winter"), ("2026-01-01", "Winter"), ("2025-01-01", "Classic")):
        api.sql.execute("insert into lootbox.user_keys values (%s, %s, %s)", [user_id, kind, at])
    await draw(api, user_id, "Winter")
    left = api.rows("select key_type, earned_at::date::text from lootbox.user_keys order by 2")
    assert left == [("Classic", "2025-01-01"), ("Winter", "2026-01-02")]


async def test_without_a_key_nothing_is_shown_or_given(api: Api) -> None:
    user_id = api.add_user()
    give_keys(api, user_id, key_type="Winter")
    for who, how in ((user_id, {}), (404, {}), (user_id, {"headers": {"x-test-mode": "1"}})):
        asked = api.ask("GET", f"/lootbox/users/{who}/keys/Classic", **how)
        await api.refuses(asked, 400, "insufficient-keys")
    for reward in (("spray", "Anniversary"), ("coins", "1000")):
        await api.refuses(pick(api, user_id, *reward), 400, "insufficient-keys")


async def test_what_somebody_has_already_is_paid_in_coins(api: Api) -> None:
    user_id = api.add_user()
    earned = 0
    for rarity, worth in WORTH.items():
        name = api.value(
            "select min(name) from lootbox.reward_types"
            " where rarity = %s and type = 'spray' and key_type = 'Classic'",
            rarity,
        )
        for duplicate in (False, True):
            offer(api, user_id, ("spray", name))
            got = (await pick(api, user_id, "spray", name)).read(contract.RewardTypeResponse)
            assert (got.duplicate, got.coin_amount, got.rarity) == (duplicate, worth * duplicate, rarity)
        earned += worth
        assert (await api.get(f"/lootbox/users/{user_id}/coins")).json == earned
    assert len(owned(api, user_id)) == 4


async def test_a_draw_tells_what_somebody_has_already(api: Api) -> None:
    user_id = api.add_user()
    api.sql.execute(
        "insert into lootbox.user_rewards (user_id, reward_name, reward_type, key_type)"
        " select %s, name, type, key_type from lootbox.reward_types where type <> 'coins'",
        [user_id],
    )
    give_keys(api, user_id, 5)
    for _ in range(5):
        for reward in await draw(api, user_id):
            known = reward.type != "coins"
            assert (reward.duplicate, reward.coin_amount) == (known, WORTH[reward.rarity] * known)


async def test_picked_coins_are_added_up(api: Api) -> None:
    user_id = api.add_user(coins=None)
    for total in (250, 500):
        offer(api, user_id, ("coins", "250"), ("spray", "Anniversary"))
        got = (await pick(api, user_id, "coins", "250")).read(contract.RewardTypeResponse)
        assert (got.duplicate, got.coin_amount, got.url) == (False, 0, f"{CDN}/coins/250.webp")
        assert (await api.get(f"/lootbox/users/{user_id}/coins")).json == total


async def test_each_draw_is_good_for_one_of_its_own_rewards(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    offer(api, user_id, ("coins", "100"), ("coins", "250"))
    offer(api, user_id, ("coins", "100"), ("coins", "1000"))
    offer(api, user_id, ("coins", "500"), key_type="Winter")
    await api.refuses(pick(api, other, "coins", "100"), 400, "insufficient-keys")
    await api.refuses(pick(api, user_id, "coins", "500"), 400, "insufficient-keys")
    assert (await pick(api, user_id, "coins", "100")).status == 200  # of the older draw
    assert (await pick(api, user_id, "coins", "1000")).status == 200
    await api.refuses(pick(api, user_id, "coins", "250"), 400, "insufficient-keys")
    assert (await pick(api, user_id, "coins", "500", "Winter")).status == 200


async def test_what_no_lootbox_holds_is_not_found(api: Api) -> None:
    user_id = api.add_user()
    offer(api, user_id, ("spray", "Nothing"))
    await api.refuses(pick(api, user_id, "spray", "Nothing"), 404, "reward-not-found")
    assert (await pick(api, user_id, "spray", "Anniversary", "Gold")).status == 400
    assert (await api.get(f"/lootbox/users/{user_id}/keys/Gold")).status == 400


async def test_a_hundred_draws_of_one_key_at_once_spend_it_once(api: Api) -> None:
    user_id = api.add_user()
    give_keys(api, user_id)

    async def draw() -> int:
        # On a machine with much else to do some wait longer for a connection than they may.
        while (answer := await api.get(f"/lootbox/users/{user_id}/keys/Classic")).status == 503:
            assert answer.headers["Retry-After"]
        return answer.status

    async with asyncio.timeout(60):
        answers = await asyncio.gather(*[draw() for _ in range(100)])
    assert Counter(answers) == {200: 1, 400: 99}
    assert keys(api, user_id) == 0
    assert api.value("select count(*) from lootbox.offers") == 1


async def test_twenty_picks_of_one_draw_at_once_give_one_reward(api: Api) -> None:
    user_id = api.add_user()
    offer(api, user_id, ("coins", "100"), ("coins", "250"), ("coins", "500"))
    async with asyncio.timeout(30):
        names = ("100", "250", "500") * 7
        answers = await asyncio.gather(*[pick(api, user_id, "coins", name) for name in names])
    assert Counter(answer.status for answer in answers) == {200: 1, 400: 20}
    assert (await api.get(f"/lootbox/users/{user_id}/coins")).json in (100, 250, 500)


async def test_a_hundred_payments_at_once_spend_what_is_there_and_no_more(api: Api) -> None:
    user_id = api.add_user(coins=1000)

    async def pay() -> int | None:
        async with api.db.transaction() as tx:
            try:
                return await rules.change_coins(tx, user_id, -30)
            except Invalid:
                return None

    async with asyncio.timeout(30):
        left = await asyncio.gather(*[pay() for _ in range(100)])
    assert sorted(coins for coins in left if coins is not None) == list(range(10, 1000, 30))
    assert (await api.get(f"/lootbox/users/{user_id}/coins")).json == 10


async def test_rarities_come_by_their_weights_and_rewards_of_one_alike(api: Api) -> None:
    user_id = api.add_user()
    give_keys(api, user_id, 200)
    drawn = [
        reward for _ in range(200) for reward in await rules.draw(api.db, user_id, "Classic", cdn_url="")
    ]
    assert len(drawn) == 600
    counts = Counter(reward.rarity for reward in drawn)
    for rarity, weight in WEIGHTS.items():
        expected = 600 * weight / sum(WEIGHTS.values())
        assert abs(counts[rarity] - expected) < 6 * expected**0.5, counts  # one in 10⁸ by chance
    common = Counter((reward.type, reward.name) for reward in drawn if reward.rarity == "common")
    held = api.value(
        "select count(*) from lootbox.reward_types where rarity = 'common' and key_type = 'Classic'"
    )
    assert len(common) > held * 0.8
    assert max(common.values()) < 6 * counts["common"] / held


async def test_a_rarity_without_rewards_gives_none(api: Api) -> None:
    user_id = api.add_user()
    give_keys(api, user_id)
    api.sql.execute("delete from lootbox.reward_types where key_type = 'Classic'")
    assert await draw(api, user_id) == []


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("spray", "Cactus-Rip!", "spray/cactusrip"),
        ("skin", "Cyber Ninja", "avatar/cyber_ninja/heroic"),
        ("pose", "Sword Stance", "avatar/overwatch_1/sword_stance"),
        ("background", "King's Row (Winter)", "background/kings_row_winter"),
        ("coins", "100", "coins/100"),
    ],
)
async def test_every_reward_has_its_picture(api: Api, kind: str, name: str, path: str) -> None:
    user_id = api.add_user()
    api.sql.execute(
        "insert into lootbox.reward_types values (%s, %s, 'rare', 'Classic') on conflict do nothing",
        [name, kind],
    )
    offer(api, user_id, (kind, name))
    got = (await pick(api, user_id, kind, name)).read(contract.RewardTypeResponse)
    assert got.url == f"{CDN}/{path}.webp"
