"""Messages, threads, forum posts, direct messages, webhooks, roles: what the bot does by itself."""

import asyncio
import io
from typing import Any

import aiohttp
import discord
import pytest
from discord import ui

from genjilib.local.discord import File, Person, SimulatedDiscord, TimedOut
from tests.local.discord.bots import Bot, Start


def channel_of(bot: Bot, server: SimulatedDiscord, name: str) -> Any:
    return bot.get_channel(server.world.channel_id(name))


async def test_message_is_sent_edited_pinned_and_deleted(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "newsfeed")
    sent = await channel.send("first", embed=discord.Embed(title="A title", description="text"))
    assert (await server.wait_for_message("newsfeed")).text == "first\nA title\ntext"
    await sent.edit(content="second", embed=None)
    assert (await channel.fetch_message(sent.id)).content == "second"
    await sent.pin()
    assert [one.id async for one in channel.pins()] == [sent.id]
    await sent.unpin()
    await sent.add_reaction("👍")
    assert (await channel.fetch_message(sent.id)).reactions[0].me
    await sent.delete()
    with pytest.raises(discord.NotFound) as gone:
        await channel.fetch_message(sent.id)
    assert gone.value.code == 10008


async def test_history_and_bulk_delete(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "general")
    sent = [await channel.send(f"number {number}") for number in range(6)]
    assert [one.content async for one in channel.history(limit=2)] == ["number 5", "number 4"]
    assert [one.id async for one in channel.history(after=sent[3], oldest_first=True)] == [
        sent[4].id,
        sent[5].id,
    ]
    assert [one.id async for one in channel.history(before=sent[2])] == [sent[1].id, sent[0].id]
    await channel.delete_messages(sent[:5])
    assert [one.content async for one in channel.history()] == ["number 5"]
    await bot.hears("raw_bulk_message_delete")


async def test_file_is_served_and_shown_in_its_embed(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "completions")
    sent = await channel.send(file=discord.File(io.BytesIO(b"a,b"), "runs.csv", description="runs"))
    attachment = sent.attachments[0]
    assert (attachment.filename, attachment.size, attachment.description) == ("runs.csv", 3, "runs")
    assert await attachment.read() == b"a,b"
    embed = discord.Embed(title="Map").set_image(url="attachment://map.png")
    shown = await channel.send(embed=embed, file=discord.File(io.BytesIO(b"no picture"), "map.png"))
    assert shown.attachments == []
    async with aiohttp.ClientSession() as session, session.get(shown.embeds[0].image.url) as response:
        assert await response.read() == b"no picture"
    kept = await sent.edit(attachments=[*sent.attachments, discord.File(io.BytesIO(b"new"), "new.txt")])
    assert [one.filename for one in kept.attachments] == ["runs.csv", "new.txt"]
    assert (await sent.edit(attachments=[])).attachments == [] if sent.content else True


async def test_enforced_nonce_posts_once(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "general")
    first = await channel.send("once", nonce="run-1")
    again = await channel.send("once", nonce="run-1")
    other = await channel.send("once", nonce="run-2")
    assert first.id == again.id != other.id
    assert len(await server.messages("general")) == 2


async def test_mentions_reach_only_whom_the_bot_allows(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "general")
    genji, role = server.world.find_user("genji").id, server.world.role_id("Ninja")
    text = f"@everyone <@{genji}> <@&{role}>"
    silent = await channel.send(text)
    assert (silent.raw_mentions, silent.mentions, silent.mention_everyone) == ([genji], [], False)
    allowed = discord.AllowedMentions(users=[discord.Object(genji)], everyone=True)
    loud = await channel.send(text, allowed_mentions=allowed)
    assert ([one.id for one in loud.mentions], loud.role_mentions, loud.mention_everyone) == (
        [genji],
        [],
        True,
    )


async def test_replies_and_forwards(server: SimulatedDiscord, start: Start, kuromi: Person) -> None:
    bot: Bot = await start()
    said = await kuromi.say("general", "my run", files=[File("run.txt", b"1.2")])
    await bot.hears("message")
    heard = bot.said[-1]
    assert [one.filename for one in heard.attachments] == ["run.txt"]
    reply = await heard.reply("well done")
    assert reply.reference is not None
    assert reply.reference.message_id == said.id
    assert isinstance(reply.reference.resolved, discord.Message)
    forward = await heard.forward(channel_of(bot, server, "upvotes"))
    assert forward.message_snapshots[0].content == "my run"
    answered = await kuromi.say("general", "thanks", reply_to=reply.id)
    assert answered.raw["referenced_message"]["content"] == "well done"
    await kuromi.delete(said)
    with pytest.raises(discord.HTTPException) as refused:
        await heard.reply("gone")
    assert refused.value.code == 50035


async def test_forum_post_with_tags_is_worked_on_and_archived(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    forum = channel_of(bot, server, "playtest")
    tags = {tag.name: tag for tag in forum.available_tags}
    view: Any = ui.LayoutView()
    view.add_item(ui.TextDisplay("Playtest of ABC"))
    thread, message = await forum.create_thread(
        name="ABC",
        view=view,
        applied_tags=[tags["Open"], tags["Hard"]],
        file=discord.File(io.BytesIO(b"x"), "x.txt"),
    )
    assert thread.id == message.id
    assert message.flags.components_v2
    assert [tag.name for tag in thread.applied_tags] == ["Open", "Hard"]
    await bot.hears("thread_create")
    await server.user("genji").say(thread.id, "I finished it")
    await thread.send("voted")
    await thread.edit(applied_tags=[tags["Complete"]], archived=True, locked=True)
    assert [(one["name"], one["tags"]) for one in await server.threads("playtest")] == [("ABC", ["Complete"])]
    await bot.hears("thread_update")
    with pytest.raises(discord.HTTPException) as refused:
        await message.edit(view=view)
    assert refused.value.code == 50083
    assert [one.id async for one in forum.archived_threads()] == [thread.id]
    await thread.edit(archived=False)
    assert [one.id for one in await forum.guild.active_threads()] == [thread.id]


async def test_forum_refuses_plain_messages_and_unknown_tags(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    forum = channel_of(bot, server, "playtest")
    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.send_message(forum.id, params=discord.http.handle_message_parameters("no"))
    assert refused.value.code == 50008
    with pytest.raises(discord.HTTPException) as refused:
        await forum.create_thread(name="x", content="x", applied_tags=[discord.Object(1)])
    assert refused.value.code == 10087
    assert await server.threads("playtest") == []


async def test_threads_of_messages_and_private_ones(
    server: SimulatedDiscord, start: Start, kuromi: Person
) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "modmail")
    sent = await channel.send("Tickets")
    public = await sent.create_thread(name="Talk")
    assert public.id == sent.id
    private = await channel.create_thread(name="Ticket", type=discord.ChannelType.private_thread)
    await private.send("hidden")
    with pytest.raises(Exception, match="does not see"):
        await kuromi.messages(private.id)
    await private.add_user(discord.Object(server.world.find_user("kuromi").id))
    assert [one.text for one in await kuromi.messages(private.id)] == ["hidden"]
    assert len(await private.fetch_members()) == 2
    await private.remove_user(discord.Object(server.world.find_user("kuromi").id))
    await private.delete()
    await bot.hears("thread_delete")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.create_thread(name="Again")
    assert refused.value.code == 160004


async def test_direct_messages_open_and_closed(
    server: SimulatedDiscord, start: Start, kuromi: Person
) -> None:
    bot: Bot = await start()
    world = server.world
    await bot.get_user(world.find_user("kuromi").id).send("verified!")
    assert [one.text for one in await kuromi.messages("@bot")] == ["verified!"]
    assert (await server.wait_for_message("@kuromi", "verified")).author == "Genji Shimada"
    await kuromi.say("@bot", "thanks")
    await bot.hears("message", 2)
    assert isinstance(bot.said[-1].channel, discord.DMChannel)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_user(world.find_user("echo").id).send("hello")
    assert refused.value.code == 50007


async def test_webhooks_speak_under_another_name(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    channel = channel_of(bot, server, "newsfeed")
    hook = await channel.create_webhook(name="News")
    assert [one.id for one in await channel.webhooks()] == [hook.id]
    sent = await hook.send("from afar", username="Herald", wait=True)
    assert (await server.wait_for_message("newsfeed")).author == "Herald"
    await sent.edit(content="from near")
    assert (await hook.fetch_message(sent.id)).content == "from near"
    await sent.delete()
    await hook.delete()
    with pytest.raises(discord.NotFound) as gone:
        await hook.send("?")
    assert gone.value.code == 10015


async def test_roles_are_given_below_the_bots_own_only(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    guild = bot.guilds[0]
    tracer = discord.utils.get(guild.members, name="tracer")
    roles = {role.name: role for role in guild.roles}
    await tracer.add_roles(roles["Ninja"], roles["Newcomer"])
    await tracer.remove_roles(roles["Newcomer"])
    await tracer.edit(nick="Lena")
    await bot.hears("member_update", 2)
    fetched = await guild.fetch_member(tracer.id)
    assert fetched.nick == "Lena"
    assert {role.name for role in fetched.roles} == {"@everyone", "Jumper", "Ninja"}
    for refused_role in ("Admin", "Genji Shimada"):
        with pytest.raises(discord.Forbidden) as refused:
            await tracer.add_roles(roles[refused_role])
        assert refused.value.code == 50013
    made = await guild.create_role(name="Event", colour=discord.Colour.red())
    await made.edit(name="Event 2")
    await made.delete()
    await bot.hears("guild_role_delete")


async def test_guild_channels_are_made_changed_and_deleted(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    guild = bot.guilds[0]
    made = await guild.create_text_channel("events", topic="what is on", category=guild.categories[0])
    await made.edit(name="happenings", slowmode_delay=5)
    await made.set_permissions(guild.default_role, send_messages=False)
    forum = await guild.create_forum("ideas", available_tags=[discord.ForumTag(name="New")])
    assert [tag.name for tag in forum.available_tags] == ["New"]
    assert {one.name for one in await guild.fetch_channels()} >= {"happenings", "ideas"}
    await made.delete()
    await bot.hears("guild_channel_delete")
    with pytest.raises(discord.NotFound) as gone:
        await bot.fetch_channel(made.id)
    assert gone.value.code == 10003


async def test_waiting_for_what_does_not_come_ends(server: SimulatedDiscord) -> None:
    with pytest.raises(TimedOut, match="No further message"):
        await server.wait_for_message("general", within=0.05)


async def test_waiting_for_an_edit_and_a_deletion(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    sent = await channel_of(bot, server, "general").send("before")
    edited = asyncio.create_task(server.wait_until("general", lambda all_: all_[-1].content == "after"))
    await asyncio.sleep(0.02)
    await sent.edit(content="after")
    assert (await edited)[-1].id == sent.id
    gone = asyncio.create_task(server.wait_until("general", lambda all_: not all_))
    await sent.delete()
    assert await gone == []
    with pytest.raises(TimedOut, match="still are:\nnothing"):
        await server.wait_until("general", lambda all_: len(all_) == 3, within=0.05)


async def test_people_react_and_the_bot_hears(server: SimulatedDiscord, start: Start, kuromi: Person) -> None:
    bot: Bot = await start()
    sent = await channel_of(bot, server, "general").send("vote")
    await kuromi.react(sent.id, "👍")
    await bot.hears("reaction_add")
    await kuromi.react(sent.id, "👍", remove=True)
    await bot.hears("reaction_remove")
