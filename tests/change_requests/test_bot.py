"""Change requests in Discord: asked for in a form, answered and closed in a thread, called to mind."""

from typing import Any

import pytest

from genjilib.change_requests import bot as handlers
from genjilib.db import Db
from genjilib.local.discord import Answer, SeenMessage, SimulatedDiscord
from tests.support import Clones
from tests.town import CODE, Town, connected, settings_for

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


async def test_the_buttons_work_after_a_restart_of_the_bot(clones: Clones) -> None:
    database_url = clones.take()
    async with SimulatedDiscord() as other:
        settings = settings_for(other, database_url)
        async with Db.open(settings, name="tests") as db:
            async with connected(settings, db) as bot:
                there = Town(other, bot, db, database_url)
                await there.everybody()
                await there.map()
                await ask(there)
            async with connected(settings, db):
                answer = await other.user("kuromi").press(await card(there), "The change is made")
    assert answer.text == "The team was called."
    clones.give_back(database_url)
