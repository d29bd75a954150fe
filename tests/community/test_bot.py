"""The community in Discord: information, roles to choose, letters to the team, upkeep, repairs."""

import re
from functools import partial
from typing import Any

import discord
import msgspec
import pytest
from discord import ui

from genjilib.chat.views import posted
from genjilib.community.bot.roles import Toggle
from genjilib.local.discord import Answer, SeenMessage, add_guild
from genjilib.playtests import rules as playtests
from genjilib.playtests.types import PlaytestForceDenyRequest
from tests.playtests.test_bot import card, opened
from tests.town import Town


async def typed(town: Town, who: str, channel: str, text: str) -> SeenMessage:
    """What the bot writes in a channel upon a text command."""
    said = await town.discord.user(who).say(channel, text)
    return await town.discord.wait_for_message(channel, after=said)


async def test_pages_are_posted_by_administrators_only_and_answer_everybody(town: Town) -> None:
    for who in ("tracer", "sombra"):
        refused = await typed(town, who, "map-submissions", "$mapsubmissioninfo")
        assert "Only the team may do this." in refused.text
    for command, channel, question, answer in (
        ("completioninfo", "completion-submissions", "How do I submit a run?", "`/submit-completion`"),
        ("mapsubmissioninfo", "map-submissions", "What is a playtest?", "vote for its difficulty"),
    ):
        page = await typed(town, "nebula", channel, f"${command}")
        told = await town.discord.user("tracer").press(page, question)
        assert (told.message.ephemeral, answer in told.text) == (True, True)
    assert "$" not in (await town.texts("completion-submissions"))[0]
    chinese = await town.discord.user("lucio").press(page, "What is a playtest?")
    assert "试玩" in chinese.text


async def test_a_role_is_taken_and_given_back_and_no_other_can_be(town: Town) -> None:
    page = await typed(town, "nebula", "information", "$roleselect")
    assert [button.label for button in page.buttons] == [
        "Announcements",
        "Europe",
        "Americas",
        "Asia",
        "PC",
        "Console",
    ]
    tracer, guild = town.discord.user("tracer"), town.discord.world.guild
    for held in (True, False):
        answer = await tracer.press(page, "Europe")
        assert answer.message.ephemeral
        names = {guild.roles[role].name for role in guild.members[town.id("tracer")].roles}
        assert ("Europe" in names, "Jumper" in names) == (held, True)
    channel = town.bot.get_partial_messageable(town.bot.config.channels.information)
    row = ui.ActionRow[Any](Toggle(town.bot.config.roles.moderator, "Moderator"))
    forged = await channel.send(view=posted(row))
    assert "This is over." in (await tracer.press(forged.id, "Moderator")).text


async def letter(town: Town, who: str = "tracer", text: str = "I *cannot* play") -> Answer:
    """Write to the team."""
    page = next(iter(await town.messages("modmail")), None) or await typed(
        town, "nebula", "modmail", "$setup_tickets"
    )
    person = town.discord.user(who)
    form = await person.press(page, "Write to the team")
    return await person.submit_modal(form, {"What is it about?": "Help", "What would you like to say?": text})


async def test_a_letter_has_a_private_thread_that_its_writer_or_the_team_closes(town: Town) -> None:
    assert "A letter has a subject and a text." in (await letter(town, text="  ")).text
    for closer in ("sombra", "tracer"):
        assert "Your letter has a thread: <#" in (await letter(town)).text
        thread = (await town.discord.threads("modmail"))[-1]
        assert (thread["name"], thread["type"]) == ("Tracer | Help", discord.ChannelType.private_thread.value)
        first, call = await town.messages(thread["id"])
        assert first.text == "### Help\nI \\*cannot\\* play\nClose"
        assert call.raw["mention_roles"] == [str(town.bot.config.roles.modmail)]
        assert {one["id"] for one in call.raw["mentions"]} == {str(town.id("tracer"))}
        answer = await town.discord.user(closer).press(first, "Close")
        assert answer.text == "The letter is closed."
        await town.until(partial(_closed, town, thread["id"]))
    for _ in range(3):
        await letter(town)
    assert "Your other letters are still open." in (await letter(town)).text
    said = await town.discord.user("tracer").say("general", "$solved")
    told = await town.discord.wait_for_message("general", after=said)
    assert "This is said in the thread of a letter." in told.text
    last = (await town.discord.threads("modmail"))[-1]["id"]
    await town.discord.user("tracer").say(last, "$solved")
    await town.until(partial(_closed, town, last))


async def _closed(town: Town, thread: str) -> bool:
    (found,) = [one for one in await town.discord.threads("modmail") if one["id"] == thread]
    return found["thread_metadata"]["locked"] and found["thread_metadata"]["archived"]


async def test_administrators_tell_commands_anew_and_delete_messages(town: Town) -> None:
    for command in ("sync", "sync ^", "purge 2", "cleanuppt", "test"):
        assert "Only the team may do this." in (await typed(town, "sombra", "general", f"${command}")).text
    assert "commands were told to Discord." in (await typed(town, "nebula", "general", "$sync")).text
    for wrong in ("purge", "purge many", "purge 101", "sync everything", "sync 12 ?"):
        told = await typed(town, "nebula", "general", f"${wrong}")
        assert "One of the options cannot be read." in told.text
    before = await town.texts("general")
    await town.discord.user("nebula").say("general", "$purge 2")

    async def purged() -> bool:
        return await town.texts("general") == before[:-2]

    await town.until(purged)


async def test_sync_takes_commands_away_and_tells_them_again(town: Town) -> None:
    ours, guild = town.bot.config.guild, add_guild(town.discord.world, "Elsewhere")
    commands = town.discord.world.commands

    def of(scope: int | None) -> int:
        return sum(command.guild_id == scope for command in commands.values())

    count = of(ours)
    application, http = town.bot.application_id or 0, town.bot.http
    left_behind: Any = [{"name": "old", "description": "Of an earlier bot", "type": 1}]
    await http.bulk_upsert_global_commands(application, left_behind)
    await http.bulk_upsert_guild_commands(application, guild.id, left_behind)
    for arguments, told, left in (
        ("^", "taken away", {ours: 0, None: 1, guild.id: 1}),
        ("$", "taken away", {ours: 0, None: 0, guild.id: 1}),
        (f"{guild.id}", "0 commands were told", {ours: 0, guild.id: 0}),
        (f"{guild.id} {ours}", f"{count} commands were told", {ours: count}),
        ("^", "taken away", {ours: 0}),
        ("~", f"{count} commands were told", {ours: count}),
        ("*", f"{count} commands were told", {ours: count, None: 0}),
    ):
        assert told in (await typed(town, "nebula", "general", f"$sync {arguments}")).text, arguments
        assert {scope: of(scope) for scope in left} == left, arguments
        if arguments == "^":
            assert "Discord was told other commands" in (await typed(town, "nebula", "general", "$test")).text
    del town.discord.world.guilds[guild.id]


async def test_a_test_tells_what_is_wrong(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "commands were told" in (await typed(town, "nebula", "general", "$sync")).text
    well = (await typed(town, "nebula", "general", "$test")).text
    assert re.fullmatch(r"### All is well\n(\*\*Discord\*\* \d+ ms\n)?\*\*Database\*\* \d+ ms", well), well
    other = msgspec.structs.replace(town.bot.config.channels, xp=77)
    monkeypatch.setattr(town.bot, "config", msgspec.structs.replace(town.bot.config, channels=other))
    told = (await typed(town, "nebula", "general", "$test")).text
    assert "Something is wrong" in told
    assert "channels.xp: there is no channel 77" in told


async def test_threads_of_playtests_that_are_over_are_deleted_and_no_others(town: Town) -> None:
    codes = ("TRIED", "OVER1", "SLEEP")
    for code in codes:
        await opened(town, code=code)
    threads = await town.discord.threads("playtest")
    tried, over, asleep = (int(one["id"]) for code in codes for one in threads if code in one["name"])
    verdict = PlaytestForceDenyRequest(town.id("sombra"), "Too short")
    await playtests.force_deny(town.db, over, verdict)
    await town.settled()
    # Whoever locks a thread by hand does not end its playtest.
    await town.bot.http.edit_channel(asleep, archived=True, locked=True)
    for count in ("One thread", "0 threads"):
        assert count in (await typed(town, "nebula", "general", "$cleanuppt")).text
        assert {int(one["id"]) for one in await town.discord.threads("playtest")} == {tried, asleep}


async def test_the_team_repairs_messages_whose_buttons_broke(town: Town) -> None:
    sombra = town.discord.user("sombra")
    thread = await opened(town, difficulty="Extreme")
    await town.map("AAAA1")
    run, other = await town.run(code="AAAA1"), await town.run("genji", 70, code="AAAA1")
    await town.queued(run)
    queued = await town.queued(other)
    await town.verify(run)
    await town.settled()
    (shown,) = await town.messages("completions")
    first = await card(town, thread)
    for message, channel in ((queued, "verification-queue"), (shown, "completions"), (first, str(thread))):
        found = next(
            held
            for held in town.discord.world.channels()
            for held in held.messages.values()
            if held.id == message.id
        )
        whole, found.components = found.components, found.components[:0]
        answer = await sombra.context_menu("Repair View", message, in_=channel)
        assert answer.text == "The message is as it should be."
        now = next(one for one in await town.messages(channel) if one.id == message.id)
        assert [one.label for one in now.buttons] == [one.label for one in message.buttons]
        assert whole
    said = await town.discord.user("tracer").say("general", "Look!")
    assert "can be repaired" in (await sombra.context_menu("Repair View", said)).text
    refused = await town.discord.user("tracer").context_menu("Repair View", shown, in_="completions")
    assert "Only the team may do this." in refused.text
