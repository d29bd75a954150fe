"""Decisions about a playtest in its thread: by moderators, and what creators may ask for."""

from typing import Any

import pytest

from genjilib.local.discord import Answer
from genjilib.playtests import rules
from tests.playtests.test_bot import card, opened, said, vote
from tests.town import CODE, Town

QUEUE = "verification-queue"
WHAT, DIFFICULTY, WHY = "What shall happen?", "Difficulty, to force accept", "Why?"


async def decide(town: Town, thread: int, what: str, who: str = "sombra", **more: Any) -> Answer:
    """Choose what shall happen in the form behind the button."""
    form = await town.discord.user(who).press(await card(town, thread), "Moderate")
    given = {WHAT: what, **{{"difficulty": DIFFICULTY, "reason": WHY}[key]: one for key, one in more.items()}}
    return await town.discord.user(who).submit_modal(form, given)


DECISIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "Force accept": (
        {"difficulty": "Hell"},
        "### Playtest closed\nThe map was accepted as Hell.",
        "Approved",
    ),
    "Force deny": (
        {"reason": "Too *short*"},
        "### Playtest closed\nThe map was rejected.\nToo \\*short\\*",
        "Rejected",
    ),
    "Start over: remove votes and runs": (
        {"reason": "New route"},
        "@here The playtest starts over.\nNew route\nAll votes were removed.\n"
        "All runs since its beginning were removed.",
        "In Progress",
    ),
    "Remove all votes": ({}, "All votes were removed.", "In Progress"),
}


@pytest.mark.parametrize("what", DECISIONS)
async def test_a_moderator_decides_with_the_form(town: Town, what: str) -> None:
    more, expected, status = DECISIONS[what]
    thread = await opened(town)
    await vote(town, thread, "tracer", 5)
    answer = await decide(town, thread, what, **more)
    assert (answer.message.ephemeral, answer.message.text) == (True, "It is decided.")
    await town.settled()
    assert (await said(town, thread))[-1] == expected
    assert await town.ask("select playtesting from core.maps") == status
    if status == "In Progress":
        assert "**Votes** 0 / 5" in (await card(town, thread)).text


async def test_an_approval_is_asked_for_once_more_and_warns_of_few_votes(town: Town) -> None:
    thread = await opened(town)
    assert (
        "without votes cannot be approved"
        in (await town.discord.user("sombra").follow(await agreed(town, thread, "Yes"))).text
    )
    await vote(town, thread, "tracer", 8.24)
    question = await agreed(town, thread, "No")
    assert "average of its votes, 8.24?\nThere are only 1 of 5 votes." in question.messages[0].text
    assert await town.ask("select playtesting from core.maps") == "In Progress"
    answer = await town.discord.user("sombra").follow(await agreed(town, thread, "Yes"))
    assert answer.message.text == "It is decided."
    await town.settled()
    assert "The map was accepted as Extreme" in (await said(town, thread))[-1]


async def agreed(town: Town, thread: int, button: str) -> Answer:
    """Approve, and answer the question."""
    question = await decide(town, thread, "Approve")
    await town.discord.user("sombra").press(question, button)
    return question


async def test_what_a_decision_lacks_is_told_and_nothing_happens(town: Town) -> None:
    thread = await opened(town)
    assert "A difficulty is needed for this." in (await decide(town, thread, "Force accept")).text
    assert "A reason is needed." in (await decide(town, thread, "Force deny", reason="  ")).text
    refused = await town.discord.user("tracer").press(await card(town, thread), "Moderate")
    assert (refused.message.ephemeral, "Only the team may do this." in refused.text) == (True, True)
    await decide(town, thread, "Let creators finalize with few votes, or no longer")
    for button in ("Finalize", "Ask the team"):
        refused = await town.discord.user("tracer").press(await card(town, thread), button)
        assert "Only creators of the map may do this." in refused.text
    assert await town.ask("select playtesting from core.maps") == "In Progress"


async def finalizable(town: Town, thread: int) -> bool:
    """Whether the button for a verdict can be pressed."""
    return not next(one for one in (await card(town, thread)).buttons if one.label == "Finalize").disabled


async def test_a_creator_finalizes_with_enough_votes(town: Town) -> None:
    thread = await opened(town, difficulty="Extreme")
    kuromi, sombra = town.discord.user("kuromi"), town.discord.user("sombra")
    await vote(town, thread, "tracer", 8.5)
    assert not await finalizable(town, thread)
    await vote(town, thread, "echo", 9.1)
    assert await finalizable(town, thread)
    answer = await kuromi.press(await card(town, thread), "Finalize")
    assert (answer.message.ephemeral, answer.text) == (True, "The team was asked for the verdict.")
    assert "waits for its verdict already." in (await sombra.press(await card(town, thread), "Finalize")).text
    (message,) = await town.messages(QUEUE)
    assert message.text == "\n".join(
        [
            f"### {CODE} waits for its verdict",
            f"**Code** `{CODE}`",
            "**Difficulty** Extreme",
            "**Votes** 2 / 2",
            "**Average** 8.80",
            f"**Thread** <#{thread}>",
            "Mark as waiting",
        ]
    )
    assert (await rules.get(town.db, thread)).verification_id == message.id
    marked = await sombra.press(message, "Mark as waiting")
    assert "Take the mark away" in marked.message.text
    await decide(town, thread, "Force deny", reason="No")
    await town.settled()
    assert await town.messages(QUEUE) == []


async def test_the_team_lets_creators_finalize_without_votes_or_no_longer(town: Town) -> None:
    thread = await opened(town)
    expected = [True, False, True]
    for allowed in expected:
        await decide(town, thread, "Let creators finalize with few votes, or no longer")
        assert await finalizable(town, thread) == allowed
    assert (await said(town, thread))[-2:] == [
        "The creators finalize when there are enough votes.",
        "The creators may finalize now, however many votes there are.",
    ]
    kept = "select actor_id, action, reason from audit.entries order by id"
    actions = ["allow_finalizing", "forbid_finalizing", "allow_finalizing"]
    assert await town.rows(kept) == [(town.id("sombra"), f"playtests.{one}", None) for one in actions]
    answer = await town.discord.user("kuromi").press(await card(town, thread), "Finalize")
    assert answer.text == "The team was asked for the verdict."
    assert len(await town.messages(QUEUE)) == 1
    await decide(town, thread, "Remove all votes")
    assert not await finalizable(town, thread)


async def test_a_creator_calls_the_team_in_the_thread(town: Town) -> None:
    thread = await opened(town)
    lucio = town.discord.user("lucio")
    form = await lucio.press(await card(town, thread), "Ask the team")
    await lucio.submit_modal(form, {"您需要什么？": "删除地图", "详细说明": "@everyone *please*"})
    message = (await town.messages(str(thread)))[-1]
    role = town.bot.config.roles.modmail
    assert message.text == (
        f"<@&{role}> <@{town.id('lucio')}>: **Deletion of the map**\n@\u200beveryone \\*please\\*"
    )
    assert (message.raw["mention_roles"], message.raw["mention_everyone"]) == ([str(role)], False)
