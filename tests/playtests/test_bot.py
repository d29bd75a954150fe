"""Playtests in Discord: a new map gets its thread, and a decision closes it."""

from typing import Any

import pytest

from genjilib.core.errors import Conflict
from genjilib.maps.types import Creator, MedalsResponse, PlaytestCreatedEvent
from genjilib.playtests import bot as handlers
from genjilib.playtests import rules
from genjilib.playtests.types import PlaytestForceAcceptedEvent
from tests.town import CODE, Town, delivery

CDN = "https://cdn.example"


async def try_map(town: Town, code: str = CODE, **changes: Any) -> int:
    """Submit a map that needs a playtest and return its playtest's id."""
    await town.map(code, **{"playtesting": "In Progress", "hidden": True, **changes})
    return await town.ask("select max(id) from playtests.meta")


async def threads(town: Town) -> list[dict[str, Any]]:
    """The threads of the playtest forum."""
    return await town.discord.threads("playtest")


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
    (message,) = await town.messages(thread["id"])
    assert message.text == "\n".join(
        [
            f"### Playtest of {CODE}",
            f"**Code** `{CODE}`",
            "**Map** Hanamura",
            "**Difficulty** Hard +",
            "**By** Kuromi, Lucio",
            "**Checkpoints** 24",
            "**Mechanics** Bhop, Slide",
            "**Gold / silver / bronze** 60.0 / 75.0 / 90.0",
            "**Description** Mind the \\*gap\\*",
        ]
    )
    assert message.pictures == [f"{town.bot.settings.s3_public_url}/assets/map_banners/hanamura.png"]


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
    (message,) = await town.messages(thread["id"])
    assert message.text.endswith("…")


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
