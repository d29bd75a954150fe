"""GET /lootbox/xp/tier: the tiers of two amounts of XP."""

import pytest

from tests import contract
from tests.api import Api

MAIN = (
    *("Newcomer", "Initiate", "Apprentice", "Disciple", "Enthusiast", "Explorer", "Visionary"),
    *("Aficionado", "Virtuoso", "Savant", "Prodigy", "Shadow", "Shinobi", "Assassin", "Ronin"),
    *("Shogun", "Dragon", "Cyber Ninja", "Legend", "Mythic"),
)
SUB = ("I", "II", "III", "IV", "V")


async def tiers(api: Api, old: int, new: int) -> contract.TierChangeResponse:
    answer = await api.get("/lootbox/xp/tier", old_xp=old, new_xp=new)
    return answer.read(contract.TierChangeResponse)


@pytest.mark.parametrize(
    ("old", "new", "change", "prestige"),
    [
        (0, 0, None, False),
        (0, 99, None, False),
        (99, 100, "Sub-Tier Rank Up", False),
        (100, 199, None, False),
        (499, 500, "Main Tier Rank Up", False),
        (9990, 10050, "Main Tier Rank Up", True),
        (0, 10000, None, True),
        (100, 10200, "Sub-Tier Rank Up", True),
        (100, 99, "Sub-Tier Rank Up", False),
        (2_147_483_647, 2_147_483_647, None, False),
    ],
)
async def test_a_step_is_named_by_the_higher_tier_it_changes(
    api: Api, old: int, new: int, change: str | None, prestige: bool
) -> None:
    step = await tiers(api, old, new)
    assert (step.rank_change_type, step.prestige_change) == (change, prestige)
    assert (step.old_xp, step.new_xp) == (old, new)
    assert (step.old_prestige_level, step.new_prestige_level) == (old // 10_000, new // 10_000)


async def test_every_tier_has_its_name(api: Api) -> None:
    for xp in range(0, 20_000, 700):
        step = await tiers(api, xp, xp + 99)
        assert step.old_main_tier_name == MAIN[xp % 10_000 // 500]
        assert step.old_sub_tier_name == SUB[xp // 100 % 5]
        assert step.new_sub_tier_name == SUB[(xp + 99) // 100 % 5]


async def test_the_last_tier_wraps_to_the_first_of_the_next_prestige(api: Api) -> None:
    step = await tiers(api, 9990, 10050)
    assert (step.old_main_tier_name, step.old_sub_tier_name) == ("Mythic", "V")
    assert (step.new_main_tier_name, step.new_sub_tier_name) == ("Newcomer", "I")


async def test_amounts_that_no_user_has_are_refused(api: Api) -> None:
    for query in ({"old_xp": 0}, {"old_xp": -1, "new_xp": 0}, {"old_xp": 0, "new_xp": 2**31}):
        (await api.get("/lootbox/xp/tier", **query)).refused(400, "validation-failed")
