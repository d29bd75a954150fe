"""The newsfeed in Discord: each kind of entry is a card that people can read."""

from typing import Any

import pytest
from discord import ui

from genjilib.local.discord import File
from genjilib.local.s3 import S3
from genjilib.maps import edit, guides
from genjilib.maps.types import Creator, GuideResponse, MapPatchRequest
from genjilib.newsfeed import bot as handlers
from genjilib.newsfeed import rules
from genjilib.newsfeed.types import (
    NewsfeedAnnouncement,
    NewsfeedArchive,
    NewsfeedBulkArchive,
    NewsfeedBulkUnarchive,
    NewsfeedDispatchEvent,
    NewsfeedFieldChange,
    NewsfeedGuide,
    NewsfeedLegacyRecord,
    NewsfeedLinkedMap,
    NewsfeedMapEdit,
    NewsfeedNewMap,
    NewsfeedPayload,
    NewsfeedRecord,
    NewsfeedRole,
    NewsfeedUnarchive,
    NewsfeedUnlinkedMap,
)
from tests.playtests.test_bot import card, opened, said
from tests.town import CODE, Town, delivery, picture

CARDS: dict[str, tuple[NewsfeedPayload, str]] = {
    "record": (
        NewsfeedRecord("GENJ1", "Hanamura", 58.31, "https://v.example/1", 1, "Tracer_1", "Gold", "Hard +"),
        "### Record on GENJ1\n**Player** Tracer\\_1\n**Map** Hanamura · Hard +\n**Time** 58.31\n**Rank** 1\n"
        "**Medal** Gold\n**Video** https://v.example/1",
    ),
    "record without a medal": (
        NewsfeedRecord("GENJ1", "Hanamura", 3725.5, "https://v.example/1", 2, "Tracer", None, "Hell"),
        "### Record on GENJ1\n**Player** Tracer\n**Map** Hanamura · Hell\n**Time** 1:02:05.50\n**Rank** 2\n"
        "**Video** https://v.example/1",
    ),
    "new map": (
        NewsfeedNewMap(
            "GENJ1", "Hanamura", "Hard +", ["Kuromi", "Lucio"], "Blossoms", "https://b.example/1.png"
        ),
        "### New map GENJ1\nHanamura · Hard +\nKuromi, Lucio",
    ),
    "archive": (
        NewsfeedArchive("GENJ1", "Hanamura", ["Kuromi"], "Hard", "It *broke*."),
        "### GENJ1 was archived\nIt \\*broke\\*.",
    ),
    "unarchive": (
        NewsfeedUnarchive("GENJ1", "Hanamura", ["Kuromi"], "Hard", "Mended."),
        "### GENJ1 is back from the archive\nMended.",
    ),
    "bulk archive": (
        NewsfeedBulkArchive(["GENJ1", "GENJ2"], "Old."),
        "### Maps were archived\n`GENJ1`, `GENJ2`\nOld.",
    ),
    "bulk unarchive": (
        NewsfeedBulkUnarchive(["GENJ1", "GENJ2"], "New."),
        "### Maps are back from the archive\n`GENJ1`, `GENJ2`\nNew.",
    ),
    "guide": (
        NewsfeedGuide("GENJ1", "https://g.example/1", "Tracer"),
        "### Guide to GENJ1\nTracer\nhttps://g.example/1",
    ),
    "legacy records": (
        NewsfeedLegacyRecord("GENJ1", 12, "The map changed."),
        "### GENJ1 has legacy records now\n12 runs became legacy.\nThe map changed.",
    ),
    "one legacy record": (
        NewsfeedLegacyRecord("GENJ1", 1, "The map changed."),
        "### GENJ1 has legacy records now\nOne run became legacy.\nThe map changed.",
    ),
    "map edit": (
        NewsfeedMapEdit(
            "GENJ1",
            [
                NewsfeedFieldChange("checkpoints", 24, 25),
                NewsfeedFieldChange("mechanics", ["Bhop"], ["Bhop", "Slide"]),
                NewsfeedFieldChange("title", None, "Blossoms"),
                NewsfeedFieldChange("hidden", True, False),
            ],
            "One more.",
        ),
        "### GENJ1 was changed\n**checkpoints** 24 → 25\n**mechanics** Bhop → Bhop, Slide\n"
        "**title** – → Blossoms\n**hidden** yes → no\nOne more.",
    ),
    "role": (
        NewsfeedRole(1, "Tracer", ["Jumper", "Jumper +"]),
        "### New roles\nTracer: Jumper, Jumper +",
    ),
    "announcement": (
        NewsfeedAnnouncement("Good _news_", "A **party**!", "https://a.example", "https://b.example/p.png"),
        "### Good \\_news\\_\nA **party**!\nhttps://a.example",
    ),
    "linked map": (
        NewsfeedLinkedMap("GENJ1", "CHINA", None),
        "### Two codes were linked\n`GENJ1` ↔ `CHINA`",
    ),
    "unlinked map": (
        NewsfeedUnlinkedMap("GENJ1", "CHINA", "They differ."),
        "### Two codes are no longer linked\n`GENJ1` · `CHINA`\nThey differ.",
    ),
}
PICTURES = {"new map": ["https://b.example/1.png"], "announcement": ["https://b.example/p.png"]}


async def publish(town: Town, payload: NewsfeedPayload) -> int:
    """Add an entry."""
    async with town.db.transaction() as tx:
        return (await rules.publish(tx, payload)).newsfeed_id


def test_there_is_a_card_for_every_kind() -> None:
    assert {type(payload) for payload, _ in CARDS.values()} == set(NewsfeedPayload.__args__)


async def test_every_kind_of_entry_can_be_read_in_its_order(town: Town) -> None:
    for payload, _ in CARDS.values():
        await publish(town, payload)
    await town.settled()
    messages = await town.messages("newsfeed")
    assert [message.text for message in messages] == [text for _, text in CARDS.values()]
    shown = dict(zip(CARDS, messages, strict=True))
    assert {kind: message.pictures for kind, message in shown.items() if message.pictures} == PICTURES


async def test_an_entry_is_posted_once(town: Town) -> None:
    entry = await publish(town, CARDS["guide"][0])
    await town.settled()
    again = await town.ask("select message_id from messages.sent")
    await handlers.on_create(town.bot, delivery(NewsfeedDispatchEvent(newsfeed_id=entry), again))
    assert len(await town.messages("newsfeed")) == 1


async def test_an_entry_that_fails_holds_up_those_of_its_map_only(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, build = [1, 1], handlers.card

    def broken(payload: NewsfeedPayload) -> ui.Container[Any]:
        if isinstance(payload, NewsfeedArchive) and payload.code == "AAAA1" and fails:
            fails.pop()
            raise RuntimeError("a bug")
        return build(payload)

    monkeypatch.setattr(handlers, "card", broken)
    async with town.db.transaction() as tx:
        for code in ("AAAA1", "AAAA2"):
            await rules.publish(tx, NewsfeedArchive(code, "Hanamura", [], "Hard", ""))
            await rules.publish(tx, NewsfeedUnarchive(code, "Hanamura", [], "Hard", ""))
        await rules.publish(tx, NewsfeedAnnouncement("Hello", "All", None, None, from_discord=True))
    await town.settled()
    titles = [text.partition("\n")[0] for text in await town.texts("newsfeed")]
    of_first = [title for title in titles if "AAAA1" in title]
    assert len(titles) == 5
    assert titles.index("### Hello") < titles.index(of_first[0])
    assert of_first == ["### AAAA1 was archived", "### AAAA1 is back from the archive"]


async def test_an_entry_that_is_gone_is_passed_over(town: Town) -> None:
    await handlers.on_create(town.bot, delivery(NewsfeedDispatchEvent(newsfeed_id=999)))
    assert await town.messages("newsfeed") == []


async def test_what_happens_to_a_map_in_playtest_is_told_in_its_thread(town: Town) -> None:
    thread = await opened(town)
    cdn_url = town.bot.settings.s3_public_url
    await edit.patch(town.db, CODE, MapPatchRequest(checkpoints=25, difficulty="Hell"), cdn_url=cdn_url)
    await guides.add(town.db, CODE, GuideResponse("https://v.example/1", town.id("tracer")))
    await town.settled()
    assert await said(town, thread) == [
        "### GENJ1 was changed\n**Checkpoints** 24 → 25\n**Difficulty** Hard + → Hell",
        "### Guide to GENJ1\nTracer\nhttps://v.example/1",
    ]
    assert "**Votes** 0 / 1" in (await card(town, thread)).text
    assert await town.messages("newsfeed") == []


async def test_an_announcement_in_discord_is_an_entry_with_its_picture(town: Town, pictures: S3) -> None:
    nebula = town.discord.user("nebula")
    await nebula.say("announcements", "# Tournament\n\nOn *Sunday*.", files=[picture()])
    # A picture takes its time, and what is said meanwhile does not wait for it.
    await town.until(lambda: town.ask("select count(*) = 1 from public.newsfeed"))
    await nebula.say("announcements", "Hello!", files=[File("a.txt", b"text")])
    await nebula.say("general", "Nothing")
    await town.until(lambda: town.ask("select count(*) = 2 from public.newsfeed"))
    await town.settled()
    first, second = await town.messages("newsfeed")
    assert (first.text, second.text) == ("### Tournament\nOn *Sunday*.", "### Announcement\nHello!")
    assert first.pictures[0].startswith(pictures.environment()["S3_PUBLIC_URL"])
    assert second.pictures == []


async def test_new_creators_have_their_role_when_the_change_is_told(town: Town) -> None:
    await town.map()
    creators = [Creator(town.id(name), name == "genji") for name in ("genji", "echo")]
    await edit.patch(
        town.db, CODE, MapPatchRequest(creators=creators), cdn_url=town.bot.settings.s3_public_url
    )
    await town.settled()
    assert "GENJ1 was changed" in (await town.texts("newsfeed"))[-1]
    guild = town.discord.world.guild
    for name in ("genji", "echo"):
        assert "Map Creator" in {guild.roles[one].name for one in guild.members[town.id(name)].roles}


@pytest.mark.parametrize("text", ["@everyone", "<@&1>", "x" * 5000, "\u202edrowkcab"])
async def test_no_text_of_a_user_pings_anybody_or_breaks_the_card(town: Town, text: str) -> None:
    await publish(town, NewsfeedArchive("GENJ1", "Hanamura", [], "Hard", text))
    await town.settled()
    (message,) = await town.messages("newsfeed")
    assert not message.raw["mention_everyone"]
    assert message.raw["mention_roles"] == []
    assert len(message.text) <= 4000
    assert "\u202e" not in message.text


async def test_lists_that_are_too_long_are_cut(town: Town) -> None:
    await publish(town, NewsfeedBulkArchive([f"A{number:04}" for number in range(1000)], "Old."))
    await town.settled()
    (message,) = await town.messages("newsfeed")
    assert len(message.text) <= 4000
