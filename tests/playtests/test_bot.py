"""Playtests in Discord: a new map gets its thread, and a decision closes it."""

from typing import Any

import pytest

from genjilib.core.errors import Conflict
from genjilib.local.discord import SeenMessage
from genjilib.maps.types import Creator, MedalsResponse, PlaytestCreatedEvent
from genjilib.playtests import rules
from genjilib.playtests.bot import threads as handlers
from genjilib.playtests.types import (
    PlaytestApprovedEvent,
    PlaytestForceAcceptedEvent,
    PlaytestForceDeniedEvent,
    PlaytestForceDenyRequest,
    PlaytestPatchRequest,
    PlaytestResetEvent,
    PlaytestResetRequest,
    PlaytestVoteCastEvent,
    PlaytestVoteRemovedEvent,
)
from tests.town import CODE, Town, delivery

CDN = "https://cdn.example"
BALLOT = {"Difficulty": "Very Hard -"}


async def try_map(town: Town, code: str = CODE, **changes: Any) -> int:
    """Submit a map that needs a playtest and return its playtest's id."""
    await town.map(code, **{"playtesting": "In Progress", "hidden": True, **changes})
    return await town.ask("select max(id) from playtests.meta")


async def threads(town: Town) -> list[dict[str, Any]]:
    """The threads of the playtest forum."""
    return await town.discord.threads("playtest")


async def opened(town: Town, **changes: Any) -> int:
    """A playtest whose thread is there; the thread's id."""
    await try_map(town, **changes)
    await town.settled()
    return int((await threads(town))[0]["id"])


async def finish(town: Town, player: str) -> None:
    """Let a player have a verified run of the map."""
    await town.rows(
        "insert into core.completions (map_id, user_id, time, screenshot, verified)"
        " select id, %s, 10, 'shot', true from core.maps",
        town.id(player),
    )


async def vote(town: Town, thread: int, player: str, difficulty: float) -> None:
    """Let a player finish the map and vote, and wait until the thread shows it."""
    await finish(town, player)
    await rules.vote(town.db, thread, town.id(player), difficulty)
    await town.settled()


async def card(town: Town, thread: int) -> SeenMessage:
    """The first message of a thread."""
    return (await town.messages(str(thread)))[0]


async def said(town: Town, thread: int) -> list[str]:
    """What was said in a thread after its beginning: its card and the call for the creator."""
    return (await town.texts(str(thread)))[2:]


async def accept(town: Town, difficulty: Any = "Very Hard") -> None:
    """Accept the only playtest as a moderator."""
    thread = await town.ask("select thread_id from playtests.meta")
    await rules.force_accept(town.db, thread, difficulty, town.id("sombra"), cdn_url=CDN)


async def test_a_new_map_gets_a_thread_with_name_tags_picture_and_facts(town: Town) -> None:
    await try_map(town, mechanics=["Bhop", "Slide"], description="Mind the *gap*", difficulty="Hard +")
    await town.settled()
    (thread,) = await threads(town)
    assert thread["name"] == f"{CODE} | Hard + Hanamura by Kuromi"
    assert sorted(thread["tags"]) == ["Hard", "Open"]
    message, call = await town.messages(thread["id"])
    assert message.text == "\n".join(
        [
            f"### Playtest of {CODE}",
            f"**Code** `{CODE}`",
            "**Map** Hanamura",
            "**Difficulty** Hard +",
            "**By** Kuromi, Lucio",
            "**Checkpoints** 24",
            "**Mechanics** Bhop, Slide",
            "**Gold / silver / bronze** 1:00.00 / 1:15.00 / 1:30.00",
            "**Votes** 0 / 5",
            "**Description** Mind the \\*gap\\*",
            "Vote",
            "Remove vote",
            "Finalize",
            "Ask the team",
            "Moderate",
        ]
    )
    (chart,) = message.files
    banner = f"{town.bot.settings.s3_public_url}/assets/map_banners/hanamura.png"
    assert (chart.endswith("/playtest.png"), message.pictures) == (True, [chart, chart, banner])
    assert call.text == f"<@{town.id('kuromi')}> Your map can be tried here."
    assert [one["id"] for one in call.raw["mentions"]] == [str(town.id("kuromi"))]


async def test_the_thread_is_stored_and_the_map_can_be_seen(town: Town) -> None:
    playtest = await try_map(town)
    assert await town.ask("select hidden from core.maps")
    await town.settled()
    (thread,) = await threads(town)
    assert (await rules.get(town.db, int(thread["id"]))).id == playtest
    assert not await town.ask("select hidden from core.maps")
    assert {s for (s,) in await town.rows("select status from public.jobs")} == {"succeeded"}


async def test_a_bot_that_dies_before_it_stores_the_thread_finds_it_again(town: Town) -> None:
    playtest = await try_map(town)
    await town.settled()
    before = await town.ask("select thread_id from playtests.meta")
    await town.rows("update playtests.meta set thread_id = null")
    await handlers.on_create(town.bot, delivery(PlaytestCreatedEvent(code=CODE, playtest_id=playtest)))
    assert await town.ask("select thread_id from playtests.meta") == before
    assert len(await threads(town)) == 1


async def test_a_delivery_that_comes_again_opens_nothing(town: Town) -> None:
    playtest = await try_map(town)
    await town.settled()
    await handlers.on_create(town.bot, delivery(PlaytestCreatedEvent(code=CODE, playtest_id=playtest)))
    assert len(await threads(town)) == 1


async def test_another_thread_for_the_same_playtest_is_refused(town: Town) -> None:
    playtest = await try_map(town)
    await town.settled()
    with pytest.raises(Conflict, match="has a thread already"):
        await rules.associate(town.db, playtest, 77)


async def test_every_map_has_a_thread_of_its_own(town: Town) -> None:
    for code in ("AAAA1", "AAAA2", "AAAA3"):
        await try_map(town, code, creators=[Creator(town.id("genji"), True)])
    await town.settled()
    assert sorted(one["name"].split(" | ")[0] for one in await threads(town)) == ["AAAA1", "AAAA2", "AAAA3"]


async def test_long_names_keep_to_what_discord_allows(town: Town) -> None:
    await town.rows(
        "update core.users set nickname = repeat('Long name ', 9) where id = %s", town.id("kuromi")
    )
    await try_map(town, description="x" * 3900, medals=MedalsResponse(1, 2, 3))
    await town.settled()
    (thread,) = await threads(town)
    assert len(thread["name"]) <= 100
    message, _ = await town.messages(thread["id"])
    assert "x…\nVote\nRemove vote\n" in message.text


async def test_a_forced_decision_closes_the_thread_with_the_new_difficulty(town: Town) -> None:
    await try_map(town)
    await town.settled()
    await accept(town, "Very Hard -")
    await town.settled()
    (thread,) = await threads(town)
    assert sorted(thread["tags"]) == ["Complete", "Very Hard"]
    assert thread["thread_metadata"]["archived"]
    assert thread["thread_metadata"]["locked"]
    last = (await town.texts(thread["id"]))[-1]
    assert last == "### Playtest closed\nThe map was accepted as Very Hard -."
    assert "New map GENJ1" in (await town.texts("newsfeed"))[-1]
    assert any("was accepted as Very Hard -" in text for text in await town.texts("@kuromi"))


async def test_a_decision_that_comes_again_says_nothing_more(town: Town) -> None:
    await try_map(town)
    await town.settled()
    await accept(town)
    await town.settled()
    (thread,) = await threads(town)
    said = await town.texts(thread["id"])
    event = PlaytestForceAcceptedEvent(
        difficulty="Very Hard", verifier_id=town.id("sombra"), thread_id=int(thread["id"])
    )
    await handlers.on_force_accept(town.bot, delivery(event))
    assert await town.texts(thread["id"]) == said


async def test_a_bot_that_dies_between_word_and_lock_says_it_once_and_locks(town: Town) -> None:
    await try_map(town)
    await town.settled()
    await town.discord.fault("error", "PATCH /channels/*", status=403, times=1)
    thread = int((await threads(town))[0]["id"])
    event = PlaytestForceAcceptedEvent(difficulty="Hell", verifier_id=town.id("sombra"), thread_id=thread)
    first = delivery(event)
    with pytest.raises(Exception, match="Discord"):
        await handlers.on_force_accept(town.bot, first)
    await handlers.on_force_accept(town.bot, first)
    texts = await town.texts(thread)
    assert sum("Playtest closed" in text for text in texts) == 1
    assert (await threads(town))[0]["thread_metadata"]["locked"]


async def test_a_thread_that_is_gone_is_no_error(town: Town) -> None:
    await try_map(town)
    await town.settled()
    thread = int((await threads(town))[0]["id"])
    await town.bot.http.delete_channel(thread)
    await accept(town)
    await town.settled()
    assert await town.ask("select count(*) from messages.dead_letters") == 0
    assert await town.ask("select playtesting from core.maps") == "Approved"


async def test_a_vote_is_said_in_the_thread_and_shown_in_its_chart(town: Town) -> None:
    thread = await opened(town)
    before = await card(town, thread)
    await vote(town, thread, "tracer", 6.03)
    assert await said(town, thread) == ["Tracer voted Very Hard -."]
    after = await card(town, thread)
    assert "**Votes** 1 / 5" in after.text
    assert len(after.files) == 1
    assert after.files != before.files


async def test_a_vote_taken_back_is_taken_out_of_the_chart(town: Town) -> None:
    thread = await opened(town)
    await vote(town, thread, "tracer", 5)
    before = await card(town, thread)
    await rules.unvote(town.db, thread, town.id("tracer"))
    await town.settled()
    assert await said(town, thread) == ["Tracer voted Hard.", "Tracer took the vote back."]
    after = await card(town, thread)
    assert ("**Votes** 0 / 5" in after.text, after.files != before.files) == (True, True)


async def test_that_there_are_enough_votes_is_said_once(town: Town) -> None:
    thread = await opened(town, difficulty="Extreme +")
    for player in ("tracer", "echo", "sombra"):
        await vote(town, thread, player, 9)
    texts = await said(town, thread)
    enough = f"<@{town.id('kuromi')}> The map has the votes it needs: 2."
    assert (texts[2], len(texts), texts.count(enough)) == (enough, 4, 1)
    await rules.reset(town.db, thread, PlaytestResetRequest(town.id("sombra"), "", True, False))
    await town.settled()
    for player in ("tracer", "echo"):
        await rules.vote(town.db, thread, town.id(player), 9)
        await town.settled()
    assert (await said(town, thread)).count(enough) == 2


async def test_a_vote_that_is_delivered_again_is_said_once(town: Town) -> None:
    thread = await opened(town, difficulty="Hell")
    await vote(town, thread, "tracer", 9)
    texts = await said(town, thread)
    sent = await town.ask("select message_id from messages.sent where queue = 'api.playtest.vote.cast'")
    event = PlaytestVoteCastEvent(voter_id=town.id("tracer"), difficulty_value=9, thread_id=thread)
    await town.rows("update playtests.meta set enough_votes_message_id = null")
    await handlers.on_vote_cast(town.bot, delivery(event, sent))
    assert await said(town, thread) == texts
    assert await town.ask("select enough_votes_message_id is not null from playtests.meta")


async def test_an_approved_map_closes_its_thread_and_leaves_the_queue(town: Town) -> None:
    thread = await opened(town)
    await vote(town, thread, "tracer", 8.24)
    queue = town.bot.get_partial_messageable(town.bot.config.channels.verification_queue)
    waiting = await queue.send("A map waits for its verdict.")
    await rules.patch(town.db, thread, PlaytestPatchRequest(verification_id=waiting.id))
    await rules.approve(town.db, thread, town.id("sombra"), cdn_url=CDN)
    await town.settled()
    (found,) = await threads(town)
    assert sorted(found["tags"]) == ["Complete", "Extreme"]
    assert found["thread_metadata"]["locked"]
    text = "### Playtest closed\nThe map was accepted as Extreme, the average of the votes."
    assert (await said(town, thread))[-1] == text
    assert await town.messages("verification-queue") == []


async def test_a_denied_map_closes_its_thread_with_the_reason(town: Town) -> None:
    thread = await opened(town)
    verdict = PlaytestForceDenyRequest(town.id("sombra"), "Too *short*")
    await rules.force_deny(town.db, thread, verdict)
    await town.settled()
    (found,) = await threads(town)
    assert found["tags"] == ["Cancelled"]
    assert found["thread_metadata"]["locked"]
    assert await said(town, thread) == ["### Playtest closed\nThe map was rejected.\nToo \\*short\\*"]
    assert any(
        "rejected. Reason: Too *short*" in text.replace("\\", "") for text in await town.texts("@kuromi")
    )


async def test_a_reset_playtest_calls_everybody_and_shows_no_votes(town: Town) -> None:
    thread = await opened(town)
    await vote(town, thread, "tracer", 5)
    await rules.reset(
        town.db, thread, PlaytestResetRequest(town.id("sombra"), "New @everyone route", True, True)
    )
    await town.settled()
    last = (await town.messages(str(thread)))[-1]
    assert last.text == (
        "@here The playtest starts over.\nNew @\u200beveryone route\n"
        "All votes were removed.\nAll runs since its beginning were removed."
    )
    assert last.raw["mention_everyone"]
    assert "**Votes** 0 / 5" in (await card(town, thread)).text


@pytest.mark.parametrize("gone", [True, False])
async def test_messages_about_a_thread_that_is_gone_or_closed_are_no_error(town: Town, gone: bool) -> None:
    thread, who = await opened(town), town.id("sombra")
    if gone:
        await town.bot.http.delete_channel(thread)
    else:
        await rules.force_deny(town.db, thread, PlaytestForceDenyRequest(who, ""))
        await town.settled()
    before = [] if gone else await said(town, thread)
    for handle, event in (
        (handlers.on_vote_cast, PlaytestVoteCastEvent(voter_id=who, difficulty_value=1, thread_id=thread)),
        (handlers.on_vote_remove, PlaytestVoteRemovedEvent(voter_id=who, thread_id=thread)),
        (handlers.on_force_deny, PlaytestForceDeniedEvent(verifier_id=who, reason="", thread_id=thread)),
        (
            handlers.on_approve,
            PlaytestApprovedEvent(
                verifier_id=who, difficulty="Easy", thread_id=thread, primary_creator_id=1, code=CODE
            ),
        ),
        (
            handlers.on_reset,
            PlaytestResetEvent(
                verifier_id=who, reason="", remove_votes=True, remove_completions=True, thread_id=thread
            ),
        ),
    ):
        await handle(town.bot, delivery(event))
    assert ([] if gone else await said(town, thread)) == before


async def test_players_vote_with_the_button_and_take_it_back(town: Town) -> None:
    thread = await opened(town)
    tracer = town.discord.user("tracer")
    refused = await tracer.submit_modal(await tracer.press(await card(town, thread), "Vote"), BALLOT)
    assert "Only players with a verified run of the map may vote." in refused.text
    await finish(town, "tracer")
    answer = await tracer.submit_modal(await tracer.press(await card(town, thread), "Vote"), BALLOT)
    assert (answer.message.ephemeral, answer.text) == (True, "Your vote: Very Hard -.")
    await town.settled()
    assert (await rules.votes(town.db, thread)).average == 6.17
    answer = await tracer.press(await card(town, thread), "Remove vote")
    assert (answer.message.ephemeral, answer.text) == (True, "Your vote is taken back.")
    await town.settled()
    assert await said(town, thread) == ["Tracer voted Very Hard -.", "Tracer took the vote back."]
    assert "You have no vote here." in (await tracer.press(await card(town, thread), "Remove vote")).text


async def test_creators_do_not_vote_on_their_own_map(town: Town) -> None:
    thread = await opened(town)
    await finish(town, "kuromi")
    answer = await town.discord.user("kuromi").press(await card(town, thread), "Vote")
    assert "Creators do not vote on their own map." in answer.text


async def test_the_buttons_stay_when_the_card_changes(town: Town) -> None:
    thread = await opened(town)
    await vote(town, thread, "echo", 5)
    assert [button.custom_id for button in (await card(town, thread)).buttons] == [
        f"playtests:vote:{CODE}",
        f"playtests:unvote:{CODE}",
        f"playtests:finalize:{CODE}",
        f"playtests:ask:{CODE}",
        f"playtests:moderate:{CODE}",
    ]
