"""The gateway: connecting, events, resuming, being thrown out."""

import asyncio
import json

import aiohttp
import discord
import pytest

from genjilib.local.discord import Limits, SimulatedDiscord, add_guild, standard_world
from tests.local.discord.bots import Bot, ShardedBot, Start, point_at, running


async def test_client_is_ready_and_knows_the_guild(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    guild = bot.guilds[0]
    assert guild.name == "Genji Parkour"
    assert {"Moderator", "Ninja", "God +++", "Mythic", "Prestige 1"} <= {role.name for role in guild.roles}
    assert guild.chunked
    assert len(guild.members) == len(server.world.guild.members)
    forum = discord.utils.get(guild.forums, name="playtest")
    assert forum is not None
    assert [tag.name for tag in forum.available_tags][:3] == ["Open", "Complete", "Cancelled"]
    assert bot.application_id == server.world.application.id


async def test_wrong_token_is_refused_by_rest_and_gateway(server: SimulatedDiscord) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(Bot(), "wrong"):
            pass
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(server.state.gateway_url + "?v=10") as socket,
    ):
        await socket.receive()
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
        assert (await socket.receive()).data == 4004


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"op": 99, "d": None}, 4001),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "simulated-bot-token", "intents": 0, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": "simulated-bot-token", "intents": 1 << 40}}, 4013),
        ("no json", 4002),
    ],
)
async def test_bad_payload_closes_with_its_code(server: SimulatedDiscord, sent: object, code: int) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(server.state.gateway_url + "?v=10") as socket,
    ):
        await socket.receive()
        await socket.send_str(sent if isinstance(sent, str) else json.dumps(sent))
        assert (await socket.receive()).data == code


async def test_privileged_intents_need_the_application_to_have_them(server: SimulatedDiscord) -> None:
    server.world.application.privileged = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(Bot(), server.token):
            pass


async def test_silent_and_chattering_clients_are_closed() -> None:
    limits = Limits(heartbeat=0.1, gateway_sends=5)
    async with SimulatedDiscord(limits=limits) as server, aiohttp.ClientSession() as session:
        async with session.ws_connect(server.state.gateway_url + "?v=10") as socket:
            await socket.receive()
            assert (await socket.receive(timeout=2)).data == 4009
        async with session.ws_connect(server.state.gateway_url + "?v=10") as socket:
            await socket.receive()
            for _ in range(6):
                await socket.send_json({"op": 1, "d": None})
            acks = [(await socket.receive()).data for _ in range(6)]
            assert acks[-1] == 4008
            assert json.loads(acks[0])["op"] == 11


async def test_cut_connection_resumes_and_replays_what_was_missed(
    server: SimulatedDiscord, start: Start
) -> None:
    bot: Bot = await start()
    await server.gateway("cut")
    for number in range(3):
        await server.user("genji").say("general", f"missed {number}")
    await bot.hears("resumed")
    await bot.hears("message", 3)
    assert [message.content for message in bot.said] == ["missed 0", "missed 1", "missed 2"]
    assert bot.events.count("ready") == 1


async def test_reconnect_on_demand_resumes(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    await server.gateway("reconnect")
    await bot.hears("resumed")
    assert bot.events.count("ready") == 1


async def test_invalid_session_identifies_anew(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    await server.gateway("invalidate")
    await bot.hears("ready", 2)
    assert "resumed" not in bot.events


async def test_second_identify_within_the_gap_is_an_invalid_session() -> None:
    limits = Limits(identify_gap=30.0)
    async with SimulatedDiscord(limits=limits) as server, aiohttp.ClientSession() as session:
        opcodes: list[int] = []
        for _ in range(2):
            async with session.ws_connect(server.state.gateway_url + "?v=10") as socket:
                await socket.receive()
                await socket.send_json({"op": 2, "d": {"token": server.token, "intents": 1}})
                opcodes.append((await socket.receive_json())["op"])
        assert opcodes == [0, 9]


async def test_two_shards_each_get_their_guilds() -> None:
    world = standard_world(seed=3)
    others = [add_guild(world, f"Guild {number}") for number in range(5)]
    async with SimulatedDiscord(world, limits=Limits(shards=2)) as server:
        await point_at(server.api_url)
        bot = ShardedBot()
        async with running(bot, server.token):
            shards = {session.shard for session in server.state.sessions.values()}
            assert shards == {(0, 2), (1, 2)}
            assert len(bot.guilds) == 1 + len(others)
            assert all(guild.shard_id == (guild.id >> 22) % 2 for guild in bot.guilds)
            await server.user("genji").say("general", "to one shard only")
            await bot.hears("message")
            await asyncio.sleep(0.05)
            assert bot.events.count("message") == 1


async def test_content_is_hidden_without_its_intent(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True))
    mention = f"hello <@{server.world.bot.id}>"
    await server.user("genji").say("general", "secret")
    await server.user("genji").say("general", mention)
    await server.user("genji").say("@bot", "private")
    await bot.hears("message", 3)
    assert [message.content for message in bot.said] == ["", mention, "private"]


async def test_channels_hidden_from_the_bot_are_silent(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    world = server.world
    channel = world.find_channel("general")
    own_role = next(iter(world.guild.members[world.bot.id].roles))
    channel.overwrites[own_role] = world.find_channel("admin").overwrites[world.guild.id]
    await server.user("genji").say("general", "unheard")
    await server.user("genji").say("help", "heard")
    await bot.hears("message")
    assert bot.events.count("message") == 1
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_channel(channel.id).send("no")
    assert refused.value.code == 50001


async def test_members_join_leave_and_change(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    guild = bot.guilds[0]
    await server.new_user("ana", "Ninja")
    await bot.hears("member_join")
    await bot.hears("member_update")
    ana = discord.utils.get(guild.members, name="ana")
    assert ana is not None
    assert [role.name for role in ana.roles] == ["@everyone", "Ninja"]
    await server.change_user("ana", nick="Captain", roles=["Jumper"])
    await bot.hears("member_update", 2)
    assert ana.nick == "Captain"
    await server.user("ana").leave()
    await bot.hears("member_remove")
    await server.user("ana").join()
    await bot.hears("member_join", 2)


async def test_members_are_found_through_the_gateway(server: SimulatedDiscord, start: Start) -> None:
    bot: Bot = await start()
    guild = bot.guilds[0]
    assert [one.name for one in await guild.query_members("kur")] == ["kuromi"]
    wanted = server.world.find_user("genji").id
    assert [one.id for one in await guild.query_members(user_ids=[wanted, 123])] == [wanted]


async def test_unanswered_heartbeats_make_the_client_reconnect() -> None:
    async with SimulatedDiscord(limits=Limits(heartbeat=0.3)) as server:
        await point_at(server.api_url)
        bot = Bot(heartbeat_timeout=0.7)
        async with running(bot, server.token):
            await server.gateway("deaf")
            await bot.hears("disconnect")
            await server.heal()
            await bot.hears("resumed")
