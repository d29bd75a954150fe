"""Map edits in Discord: shown in the verification queue, judged there, taken out."""

import asyncio
from typing import Any

import pytest

from genjilib.local.discord import SeenMessage
from genjilib.local.discord.constants import Permission
from genjilib.local.discord.model import Overwrite
from genjilib.map_edits import bot as handlers
from genjilib.map_edits import rules
from genjilib.map_edits.types import (
    MapEditCreatedEvent,
    MapEditCreateRequest,
    MapEditResolvedEvent,
    MapEditResolveRequest,
)
from tests.town import CODE, Town, delivery

QUEUE = "verification-queue"
CDN = "https://cdn.example"


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that is to be edited."""
    await town.map()


async def edit(town: Town, **changes: Any) -> int:
    """An edit that Tracer proposed and that is shown in the queue."""
    new = MapEditCreateRequest(CODE, "Too *few*", town.id("tracer"), **{"checkpoints": 30, **changes})
    made = await rules.create(town.db, new)
    await town.settled()
    return made.id


async def shown(town: Town) -> SeenMessage:
    """The only message of the queue."""
    (message,) = await town.messages(QUEUE)
    return message


async def test_a_new_edit_is_shown_in_the_queue_with_what_differs_and_buttons(town: Town) -> None:
    edit_id = await edit(town, title="*Roofs*", category="Classic")
    message = await shown(town)
    lines = message.text.splitlines()
    assert lines[:4] == [
        f"### Edit of {CODE}",
        "**By** Tracer",
        f"**Code** `{CODE}`",
        "**Map** Hanamura · Hard +",
    ]
    assert lines[4] == "**Reason** Too \\*few\\*"
    assert lines[5].startswith("**Submitted** <t:")
    assert lines[6:8] == ["**Checkpoints** 24 → 30", "**Title** Not set → \\*Roofs\\*"]
    assert [button.custom_id for button in message.buttons] == [
        f"map_edits:accept:{edit_id}",
        f"map_edits:accept_and_try:{edit_id}",
        f"map_edits:reject:{edit_id}",
    ]
    assert await town.ask("select message_id from maps.edit_requests") == message.id


async def test_a_moderator_accepts_with_the_button_and_the_message_goes(town: Town) -> None:
    await edit(town)
    message = await shown(town)
    answer = await town.discord.user("sombra").press(message, "Accept")
    assert "The edit is accepted." in answer.text
    await town.settled()
    assert await town.messages(QUEUE) == []
    assert await town.ask("select checkpoints from core.maps") == 30
    assert await town.ask("select resolved_by from maps.edit_requests") == town.id("sombra")
    assert any("Your edit of GENJ1 was accepted." in text for text in await town.texts("@tracer"))


async def test_accepted_for_playtest_the_map_gets_a_thread(town: Town) -> None:
    await edit(town)
    answer = await town.discord.user("sombra").press(await shown(town), "Accept and playtest")
    assert "The edit is accepted." in answer.text
    await town.settled()
    (thread,) = await town.discord.threads("playtest")
    assert thread["name"].startswith(f"{CODE} | ")


async def test_a_moderator_rejects_with_a_reason(town: Town) -> None:
    await edit(town)
    opened = await town.discord.user("sombra").press(await shown(town), "Reject")
    answer = await town.discord.user("sombra").submit_modal(opened, {"Why is it rejected?": "It is right"})
    assert "The edit is rejected." in answer.text
    await town.settled()
    assert await town.messages(QUEUE) == []
    assert await town.rows("select accepted, rejection_reason from maps.edit_requests") == [
        (False, "It is right")
    ]
    assert await town.ask("select checkpoints from core.maps") == 24


async def test_only_the_team_may_judge(town: Town) -> None:
    await edit(town)
    queue, jumper = town.discord.world.find_channel(QUEUE), town.discord.world.role_id("Jumper")
    queue.overwrites[jumper] = Overwrite(jumper, 0, Permission.VIEW_CHANNEL)
    try:
        for button in ("Accept", "Accept and playtest", "Reject"):
            refused = await town.discord.user("tracer").press(await shown(town), button)
            assert (refused.message.ephemeral, "Only the team may do this." in refused.text) == (True, True)
    finally:
        del queue.overwrites[jumper]
    assert await town.ask("select accepted is null from maps.edit_requests")


async def test_of_two_moderators_at_once_one_judges_and_the_other_is_told(town: Town) -> None:
    await edit(town)
    message = await shown(town)
    names = ("sombra", "hanzo")
    answers = await asyncio.gather(*[town.discord.user(name).press(message, "Accept") for name in names])
    texts = sorted(answer.text for answer in answers)
    assert sum("The edit is accepted." in text for text in texts) == 1
    assert sum("was faster: the edit is accepted already." in text for text in texts) == 1


async def test_deliveries_that_come_again_change_nothing(town: Town) -> None:
    edit_id = await edit(town)
    await handlers.on_created(town.bot, delivery(MapEditCreatedEvent(edit_request_id=edit_id)))
    assert len(await town.messages(QUEUE)) == 1
    who = town.id("sombra")
    await rules.resolve(town.db, edit_id, MapEditResolveRequest(False, who), cdn_url=CDN)
    await town.settled()
    event = MapEditResolvedEvent(edit_request_id=edit_id, accepted=False, resolved_by=who)
    await handlers.on_resolved(town.bot, delivery(event))
    assert await town.messages(QUEUE) == []


async def test_an_edit_that_was_judged_before_it_was_shown_does_not_stay(town: Town) -> None:
    edit_id = await edit(town)
    await town.rows("update maps.edit_requests set message_id = null, accepted = false")
    await handlers.on_created(town.bot, delivery(MapEditCreatedEvent(edit_request_id=edit_id)))
    assert len(await town.messages(QUEUE)) == 1
