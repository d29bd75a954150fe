"""Change requests in Discord: asked for in a form, answered and closed in a thread, called to mind."""

import asyncio
from typing import Any

import pytest

from genjilib.change_requests import bot as handlers
from genjilib.change_requests import rules
from genjilib.local.discord import Answer, SeenMessage
from tests.town import CODE, Town

FORUM = "change-requests"
WISH = {"What kind of change?": "Map geometry", "What shall be changed?": "The *wall* @everyone"}


async def ask(town: Town, who: str = "tracer") -> Answer:
    """Ask for a change of the map where no request is open."""
    person = town.discord.user(who)
    return await person.submit_modal(await person.slash("change-request", code=CODE), WISH)


async def thread(town: Town) -> dict[str, Any]:
    """The only thread of the forum."""
    (found,) = await town.discord.threads(FORUM)
    return found


async def card(town: Town) -> SeenMessage:
    """The first message of the thread."""
    return (await town.messages((await thread(town))["id"]))[0]


async def test_a_request_gets_a_thread_that_calls_the_creators(town: Town) -> None:
    await town.map()
    answer = await ask(town)
    found = await thread(town)
    assert (answer.message.ephemeral, answer.text) == (True, f"Your request has a thread: <#{found['id']}>")
    assert (found["name"], found["tags"]) == (f"{CODE} | Map Geometry", ["Map Geometry"])
    message = await card(town)
    assert message.text.splitlines() == [
        "### Map geometry",
        f"**Code** `{CODE}`",
        "**Map** Hanamura · Hard +",
        f"**By** <@{town.id('kuromi')}> <@{town.id('lucio')}>",
        f"**Asked by** <@{town.id('tracer')}>",
        "The \\*wall\\* @\u200beveryone",
        "The change is made",
        "Nothing will be changed",
        "Archive the map instead",
        "Close (team)",
    ]
    called = {one["id"] for one in message.raw["mentions"]}
    assert (called, message.raw["mention_everyone"]) == (
        {str(town.id("kuromi")), str(town.id("lucio"))},
        False,
    )
    assert await town.rows("select thread_id, user_id, code, change_request_type from change_requests") == [
        (int(found["id"]), town.id("tracer"), CODE, "Map Geometry")
    ]


async def test_open_requests_are_shown_before_another_one_is_made(town: Town) -> None:
    await town.map()
    await ask(town)
    lucio = town.discord.user("lucio")
    shown = await lucio.slash("change-request", code=CODE)
    assert (shown.message.ephemeral, "有 1 个未处理的请求" in shown.message.text) == (True, True)
    assert f"**地图结构** <#{(await thread(town))['id']}>\nThe \\*wall\\*" in shown.message.text
    form = await lucio.press(shown, "提出其他请求")
    await lucio.submit_modal(form, {"更改类型": "其他", "需要更改什么？": "More"})
    assert await town.ask("select count(*) from change_requests") == 2


async def test_what_cannot_be_asked_for_leaves_no_thread(town: Town) -> None:
    await town.map()
    mei = await town.discord.new_user("mei")
    # Who joins is registered; not who joined while the bot was away.
    forgotten = "with gone as (delete from core.users where id = %s returning 1) select count(*) from gone"
    await town.until(lambda: town.ask(forgotten, town.id("mei")))
    form = await mei.slash("change-request", code=CODE)
    assert "You are not registered" in (await mei.submit_modal(form, WISH)).text
    tracer = town.discord.user("tracer")
    assert "no map with the code ZZZZ9" in (await tracer.slash("change-request", code="ZZZZ9")).text
    blank = {**WISH, "What shall be changed?": "   "}
    refused = await tracer.submit_modal(await tracer.slash("change-request", code=CODE), blank)
    assert "says what shall be changed" in refused.text
    assert await town.discord.threads(FORUM) == []


ANSWERS = {
    "The change is made": "The change is made.",
    "Nothing will be changed": "Nothing will be changed.",
    "Archive the map instead": "The map shall be archived.",
}


async def test_a_creator_answers_and_a_moderator_closes(town: Town) -> None:
    await town.map()
    await ask(town)
    # A map that got another code is still its creators' own.
    await town.rows("update core.maps set code = 'NEWC0'")
    role, kuromi = town.bot.config.roles.modmail, town.discord.user("kuromi")
    for button, said in ANSWERS.items():
        assert (await kuromi.press(await card(town), button)).text == "The team was called."
        message = (await town.messages((await thread(town))["id"]))[-1]
        assert message.text == f"<@&{role}> <@{town.id('kuromi')}>: {said}"
        assert message.raw["mention_roles"] == [str(role)]
        refused = await town.discord.user("tracer").press(await card(town), button)
        assert "Only creators of the map may do this." in refused.text
    assert "Only the team may do this." in (await kuromi.press(await card(town), "Close (team)")).text
    message = await card(town)
    assert (await town.discord.user("sombra").press(message, "Close (team)")).text == "The request is closed."
    found = await town.until(lambda: closed(town))
    assert (sorted(found["tags"]), found["thread_metadata"]["locked"]) == (["Map Geometry", "Resolved"], True)
    assert await town.ask("select resolved from change_requests")


async def closed(town: Town) -> dict[str, Any] | None:
    """The thread once it is archived."""
    found = await thread(town)
    return found if found["thread_metadata"]["archived"] else None


@pytest.mark.parametrize("gone", [False, True])
async def test_an_old_request_is_called_to_mind_once(town: Town, gone: bool) -> None:
    await town.map()
    await ask(town)
    await handlers.remind(town.bot)
    channel = (await thread(town))["id"]
    await town.rows("update change_requests set created_at = now() - interval '15 days'")
    if gone:
        await town.bot.http.delete_channel(int(channel))
    await handlers.remind(town.bot)
    await handlers.remind(town.bot)
    assert await town.ask("select alerted from change_requests")
    if not gone:
        role, people = town.bot.config.roles.modmail, [town.id("kuromi"), town.id("lucio")]
        (_, message) = await town.messages(channel)
        called = " ".join(f"<@{one}>" for one in people)
        assert message.text == f"<@&{role}> {called} This request has been open for two weeks."
        assert message.raw["mention_roles"] == [str(role)]


@pytest.mark.parametrize("locked", [False, True])
async def test_a_request_whose_thread_was_archived_is_closed_and_who_closed_it_is_told(
    town: Town, locked: bool
) -> None:
    await town.map()
    await ask(town)
    shown, thread_id = await card(town), int((await thread(town))["id"])
    await town.bot.http.edit_channel(thread_id, archived=True, locked=locked)
    pressing = asyncio.create_task(town.discord.user("sombra").press(shown, "Close (team)"))
    if locked:  # Discord takes no answer there, so it comes as a letter

        async def told() -> bool:
            return "The request is closed." in await town.texts("@sombra")

        await town.until(told, within=30)
        pressing.cancel()
    else:
        assert (await pressing).text == "The request is closed."
    await town.until(lambda: _tagged(town), within=30)


async def _tagged(town: Town) -> bool:
    found = await thread(town)
    state = found["thread_metadata"]
    return found["tags"] == ["Map Geometry", "Resolved"] and state["archived"] and state["locked"]


async def test_of_two_who_close_a_request_at_once_one_does(town: Town) -> None:
    await town.map()
    await ask(town)
    thread_id, team = int((await thread(town))["id"]), (town.id("sombra"), town.id("hanzo"))
    closed = await asyncio.gather(*(rules.resolve(town.db, thread_id, by=who) for who in team))
    assert sorted(closed) == [False, True]
    kept = await town.rows("select action, actor_id, subject_id from audit.entries")
    assert kept == [("change_requests.close", team[closed.index(True)], thread_id)]
