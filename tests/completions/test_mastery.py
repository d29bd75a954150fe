"""Mastery: the medals of map names that accepted runs earn."""

from tests.api import Api
from tests.completions.acts import accepted

MEDALS = {
    1: "Placeholder",
    5: "Rookie",
    10: "Explorer",
    15: "Trailblazer",
    20: "Pathfinder",
    25: "Specialist",
    30: "Prodigy",
}


def medal(api: Api, user_id: int) -> list[tuple[str, str]]:
    return api.rows("select map_name, medal from maps.mastery where user_id = %s", user_id)


def add_maps(api: Api, user_id: int, name: str, first: int, last: int) -> None:
    """Maps of a name with a run each that waits; every submitted run counts."""
    for n in range(first, last):
        api.add_run(user_id, api.add_map(f"M{n:03}", map_name=name), 10)


async def test_every_fifth_map_of_a_name_earns_the_next_medal(api: Api) -> None:
    player = api.add_user()
    done = 0
    for amount, name in MEDALS.items():
        add_maps(api, player, "Hanamura", done, amount - 2)
        for n in (max(amount - 2, done), amount - 1) if amount > 1 else (0,):
            api.add_map(f"M{n:03}", map_name="Hanamura")
            await accepted(api, player, 10, f"M{n:03}")
            done = n + 1
        assert medal(api, player) == [("Hanamura", name)], amount
    assert api.notified(player).count("mastery_earned") == 6


async def test_one_map_fewer_earns_nothing_yet(api: Api) -> None:
    player = api.add_user()
    add_maps(api, player, "Hanamura", 0, 3)
    api.add_map("LAST")
    await accepted(api, player, 10, "LAST")
    assert medal(api, player) == [("Hanamura", "Placeholder")]
    api.add_map("MORE")
    await accepted(api, player, 10, "MORE")
    assert medal(api, player) == [("Hanamura", "Rookie")]
    assert api.notified(player).count("mastery_earned") == 1


async def test_other_names_and_other_players_do_not_count(api: Api) -> None:
    player, other = api.add_user(), api.add_user()
    add_maps(api, player, "Ilios", 0, 4)
    add_maps(api, other, "Hanamura", 10, 20)
    api.add_map("LAST")
    await accepted(api, player, 10, "LAST")
    assert medal(api, player) == [("Hanamura", "Placeholder")]


async def test_adlersbrunn_has_no_mastery(api: Api) -> None:
    player = api.add_user()
    add_maps(api, player, "Adlersbrunn", 0, 9)
    api.add_map("LAST", map_name="Adlersbrunn")
    await accepted(api, player, 10, "LAST")
    assert medal(api, player) == []
    assert "mastery_earned" not in api.notified(player)


async def test_unofficial_maps_bring_no_mastery_of_their_own(api: Api) -> None:
    player = api.add_user()
    add_maps(api, player, "Hanamura", 0, 9)
    api.add_map("LAST", official=False)
    await accepted(api, player, 10, "LAST")
    assert medal(api, player) == []
