"""XP in Discord: what was gained is announced, and the roles of tier and prestige follow."""

import pytest

from genjilib.lootbox import bot as handlers
from genjilib.lootbox import rules
from genjilib.lootbox.types import XpGrantEvent, XpGrantRequest, XpType
from genjilib.notifications import rules as notifications
from tests.town import Town, delivery


async def grant(town: Town, who: str, amount: int, kind: XpType = "Other") -> None:
    """Give somebody XP."""
    async with town.db.transaction() as tx:
        await rules.grant_xp(tx, town.id(who), XpGrantRequest(amount, kind))


def roles(town: Town, who: str) -> set[str]:
    """The names of somebody's roles."""
    guild = town.discord.world.guild
    return {guild.roles[role].name for role in guild.members[town.id(who)].roles}


async def test_what_was_gained_is_announced(town: Town) -> None:
    await grant(town, "tracer", 15, "Record")
    await town.settled()
    (text,) = await town.texts("xp")
    assert text == f"### XP\n<@{town.id('tracer')}> gained 15 XP (Record) and has 15 now."


async def test_a_first_gain_brings_the_role_of_the_first_tier(town: Town) -> None:
    await grant(town, "tracer", 15)
    await town.settled()
    assert roles(town, "tracer") == {"Jumper", "Newcomer"}


async def test_a_new_tier_is_announced_and_its_role_replaces_the_old_one(town: Town) -> None:
    await town.discord.change_user("kuromi", roles=["Ninja", "Newcomer"])
    await grant(town, "kuromi", 510)
    await town.settled()
    (text,) = await town.texts("xp")
    assert text.endswith("has 510 now.\nNew tier: Initiate I")
    assert roles(town, "kuromi") == {"Ninja", "Initiate"}


async def test_a_prestige_is_announced_and_has_its_role(town: Town) -> None:
    await grant(town, "tracer", 9_990)
    await grant(town, "tracer", 20)
    await town.settled()
    assert "New prestige: 1" in (await town.texts("xp"))[-1]
    assert roles(town, "tracer") == {"Jumper", "Newcomer", "Prestige 1"}
    await grant(town, "tracer", 10_000)
    await town.settled()
    assert roles(town, "tracer") == {"Jumper", "Newcomer", "Prestige 2"}


async def test_xp_that_is_taken_back_takes_the_tier_back_without_a_cheer(town: Town) -> None:
    await grant(town, "tracer", 510)
    await grant(town, "tracer", -20)
    await town.settled()
    assert roles(town, "tracer") == {"Jumper", "Newcomer"}
    last = (await town.texts("xp"))[-1]
    assert "New tier" not in last
    assert "-20 XP" in last


async def test_steps_are_announced_in_their_order(town: Town) -> None:
    for amount in (5, 15, 50):
        await grant(town, "tracer", amount)
    await town.settled()
    assert [text.split()[-2] for text in await town.texts("xp")] == ["5", "20", "70"]


async def test_a_ping_reaches_only_who_wants_it(town: Town) -> None:
    await notifications.set_preference(town.db, town.id("genji"), "xp_gain", "discord_ping", False)
    await grant(town, "tracer", 5)
    await grant(town, "genji", 5)
    await town.settled()
    messages = {message.text.split()[2]: message for message in await town.messages("xp")}
    pinged = messages[f"<@{town.id('tracer')}>"]
    assert [one["id"] for one in pinged.raw["mentions"]] == [str(town.id("tracer"))]
    assert messages["Genji"].raw["mentions"] == []


async def test_who_is_no_member_is_left_alone(town: Town) -> None:
    tracer = town.discord.user("tracer")
    await tracer.leave()
    try:
        await grant(town, "tracer", 510)
        await town.settled()
        assert await town.messages("xp") == []
        assert await town.ask("select count(*) from messages.dead_letters") == 0
    finally:
        await tracer.join()


async def test_a_bot_that_dies_after_the_announcement_repeats_nothing(town: Town) -> None:
    await grant(town, "tracer", 5)
    await town.settled()
    sent = await town.ask("select message_id from messages.sent where queue = 'api.xp.grant'")
    event = XpGrantEvent(
        user_id=town.id("tracer"), amount=5, type="Other", previous_amount=0, new_amount=5, reason=None
    )
    await handlers.on_grant(town.bot, delivery(event, sent))
    assert len(await town.messages("xp")) == 1


@pytest.mark.parametrize("member", ["nebula", "tracer"])
async def test_other_roles_stay_as_they_are(town: Town, member: str) -> None:
    before = roles(town, member)
    await grant(town, member, 5)
    await town.settled()
    assert roles(town, member) == before | {"Newcomer"}


async def test_the_team_gives_xp_by_command(town: Town) -> None:
    await town.rows("update lootbox.xp_multiplier set value = 2")
    options = {"user": "tracer", "amount": 300, "reason": "Won the race."}
    for who in ("sombra", "hanzo"):
        answer = await town.discord.user(who).slash("xp grant", options)
        assert answer.message.ephemeral
    assert answer.text == "Tracer got 600 XP and has 1,200 now."
    refused = await town.discord.user("tracer").slash("xp grant", options)
    assert "Only the team may do this." in refused.text
    nobody = await town.discord.user("sombra").slash("xp grant", {**options, "user": "77"})
    assert "There is no such player." in nobody.text
    await town.settled()
    assert len(await town.messages("xp")) == 2
