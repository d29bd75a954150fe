"""Buttons that last, questions, and pages, pressed by the right and the wrong people."""

import asyncio
from typing import Any

import pytest
from discord import ui

from genjilib.chat import look
from genjilib.chat.views import Button
from genjilib.db import Db
from genjilib.local.discord import SeenMessage, SimulatedDiscord
from tests.chat.cog import Accept, Numbers
from tests.chat.conftest import running, settings_for

pytestmark = pytest.mark.usefixtures("bot")


async def posted(discord: SimulatedDiscord, key: str) -> SeenMessage:
    await discord.user("nebula").slash("post", key=key)
    return await discord.wait_for_message("general", f"Post {key}")


async def test_of_two_moderators_at_once_one_wins_and_the_other_is_told_who(
    discord: SimulatedDiscord,
) -> None:
    message = await posted(discord, "7")
    answers = await asyncio.gather(
        discord.user("sombra").press(message, "Accept"), discord.user("hanzo").press(message, "Accept")
    )
    winner = Accept.taken["7"]
    texts = [answer.message.text for answer in answers]
    assert sum(f"{winner} was faster." in text for text in texts) == 1
    after = next(one for one in await discord.messages("general") if one.id == message.id)
    assert f"Taken by {winner}" in after.text
    assert not after.buttons


async def test_a_button_for_staff_is_refused_to_others(discord: SimulatedDiscord) -> None:
    message = await posted(discord, "8")
    answer = await discord.user("tracer").press(message, "Accept")
    assert answer.message.ephemeral
    assert "Only the team may do this." in answer.message.text
    assert "8" not in Accept.taken


async def test_a_bug_of_a_button_shows_a_reference(discord: SimulatedDiscord) -> None:
    message = await posted(discord, "9")
    answer = await discord.user("tracer").press(message, "Crash")
    assert answer.message.ephemeral
    assert "Reference `" in answer.message.text


async def test_a_slow_button_changes_its_own_message(discord: SimulatedDiscord) -> None:
    message = await posted(discord, "10")
    await discord.user("tracer").press(message, "Slow")
    after = next(one for one in await discord.messages("general") if one.id == message.id)
    assert "Changed late" in after.text


async def test_a_posted_button_answers_after_a_restart(db: Db, database: str) -> None:
    async with SimulatedDiscord() as other:
        settings = settings_for(other, database)
        async with running(db, settings):
            message = await posted(other, "11")
        async with running(db, settings):
            await other.user("sombra").press(message, "Accept")
        after = (await other.messages("general"))[0]
        assert "Taken by Sombra" in after.text


def test_a_button_without_domain_and_verb_is_refused() -> None:
    with pytest.raises(TypeError, match="domain"):

        class Wrong(Button, action="accept"):  # pyright: ignore[reportUnusedClass]
            pass


async def test_a_button_that_lasts_is_refused_in_a_message_that_ends() -> None:
    view = ui.LayoutView(timeout=180).add_item(ui.ActionRow[Any](Accept(1, "Accept")))
    with pytest.raises(ValueError, match="lasts"):
        look.check(view)


@pytest.mark.parametrize(("pressed", "agreed"), [("Yes", True), ("No", False)])
async def test_a_question_returns_what_was_answered(
    discord: SimulatedDiscord, pressed: str, agreed: bool
) -> None:
    person = discord.user("tracer")
    asked = await person.slash("sure")
    assert "It cannot be undone." in asked.message.text
    await person.press(asked, pressed)
    followed = await person.follow(asked)
    assert followed.messages[-1].text == f"agreed: {agreed}"
    assert all(button.disabled for button in (await person.messages("general"))[-2].buttons)


async def test_a_layout_that_timed_out_is_disabled(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    shown = await person.slash("short")
    async with asyncio.timeout(60):
        while True:
            seen = next(one for one in await person.messages("general") if one.id == shown.message.id)
            if seen.buttons[0].disabled:
                break
            await asyncio.sleep(0.05)


async def test_only_the_caller_turns_the_pages(discord: SimulatedDiscord) -> None:
    shown = await discord.user("tracer").slash("pages", public=True)
    refused = await discord.user("kuromi").press(shown, "›")
    assert refused.message.ephemeral
    assert "Only who asked for this may press here." in refused.message.text
    assert "entry 10" in (await discord.user("tracer").press(shown, "›")).message.text


async def test_pages_are_turned_both_ways_and_end_at_the_ends(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    shown = await person.slash("pages")
    assert [button.disabled for button in shown.message.buttons] == [True, True, False, False, False]
    assert shown.message.button("1 / 10")
    turned = await person.press(shown, "›")
    assert "entry 10" in turned.message.text
    turned = await person.press(turned, "»")
    assert "entry 94" in turned.message.text
    assert [button.disabled for button in turned.message.buttons] == [False, False, False, True, True]
    back = await person.press(turned, "‹")
    assert back.message.button("9 / 10")
    first = await person.press(back, "«")
    assert "entry 0 " in first.message.text


async def test_a_list_that_became_shorter_shows_its_last_page(
    discord: SimulatedDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = discord.user("tracer")
    shown = await person.slash("pages")
    monkeypatch.setattr(Numbers, "length", 42)
    turned = await person.press(shown, "»")
    assert "entry 41" in turned.message.text
    assert turned.message.button("5 / 5")
    assert [button.disabled for button in turned.message.buttons] == [False, False, False, True, True]


async def test_every_page_keeps_to_what_discord_takes(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    shown = await person.slash("pages")
    for _ in range(9):
        assert sum(len(part) for part in shown.message.text.split("\n")) <= 4000
        assert shown.message.text.count("entry ") <= 10
        shown = await person.press(shown, "›")
    assert shown.message.button("10 / 10")


async def test_a_page_can_be_jumped_to(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    shown = await person.slash("pages")
    form = await person.press(shown, "1 / 10")
    there = await person.submit_modal(form, {"Page": "4"})
    assert there.message.button("4 / 10")
    assert "entry 30" in there.message.text


async def test_a_page_that_does_not_exist_is_refused_with_what_was_typed(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    form = await person.press(await person.slash("pages"), "1 / 10")
    refused = await person.submit_modal(form, {"Page": "11"})
    assert "Choose one from 1 to 10." in refused.message.text
    again = await person.press(refused, "Edit and try again")
    assert again.form.value("Page") == "11"


async def test_an_empty_list_says_so(discord: SimulatedDiscord) -> None:
    shown = await discord.user("tracer").slash("pages", empty=True)
    assert "There is nothing here." in shown.message.text
    assert not shown.message.buttons


async def test_disabling_leaves_links_alone() -> None:
    from genjilib.chat.views import Layout

    class Links(Layout):
        def __init__(self) -> None:
            ui.LayoutView.__init__(self)
            link, button = ui.Button[Any](label="a", url="https://a"), ui.Button[Any](label="b")
            self.add_item(ui.ActionRow[Any](link, button))

    view = Links()
    view.disable()
    assert [item.disabled for item in view.walk_children() if isinstance(item, ui.Button)] == [False, True]
