"""The connection: shards, broken events, outages, a server that is not as configured, a clean end."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from genjilib.chat.client import GenjiBot
from genjilib.chat.config import Config
from genjilib.core.errors import Invalid, Unavailable
from genjilib.db import Db
from genjilib.local.discord import Limits, SimulatedDiscord, add_guild, standard_world
from runners.bot import COGS
from tests.chat.cog import Probe
from tests.chat.conftest import LOCAL, running, settings_for


async def until(bot: GenjiBot, *, ready: bool) -> None:
    """Wait until the bot says that it is ready, or that it is not."""
    async with asyncio.timeout(60):
        while await is_ready(bot) != ready:
            await asyncio.sleep(0.01)


async def is_ready(bot: GenjiBot) -> bool:
    try:
        await bot.ready()
    except Unavailable:
        return False
    return True


async def test_two_shards_carry_every_cog_of_the_bot(db: Db, database: str) -> None:
    world = standard_world()
    world.ids.stable()  # an odd number of ids further on lies the other shard
    add_guild(world, "Elsewhere")
    async with (
        SimulatedDiscord(world, limits=Limits(shards=2)) as server,
        running(db, settings_for(server, database), COGS) as bot,
    ):
        assert set(bot.shards) == {guild.shard_id for guild in bot.guilds} == {0, 1}
        answer = await server.user("sombra").slash("mod edit-record manage")
        assert "There is nothing here." in answer.text
        said = await server.user("tracer").say("general", "$sync")
        told = await server.wait_for_message("general", after=said)
        assert "Only the team may do this." in told.text


async def test_an_event_that_cannot_be_read_costs_only_itself(
    bot: GenjiBot, discord: SimulatedDiscord
) -> None:
    with capture_logs() as lines:
        discord.state.dispatch("INTERACTION_CREATE", {"broken": True}, guild_id=bot.config.guild)
        answer = await discord.user("tracer").slash("wait", seconds=0)
    assert answer.message.text == "answered late"
    broken = [line for line in lines if line.get("gateway_event") == "INTERACTION_CREATE"]
    assert [line["log_level"] for line in broken] == ["error"]


async def test_a_connection_that_ends_by_itself_ends_the_process(db: Db, database: str) -> None:
    async with SimulatedDiscord() as server:
        bot = GenjiBot(settings_for(server, database), Config.load(LOCAL), db, [Probe])
        serving = asyncio.create_task(bot.serve(asyncio.Event().wait()))
        await server.wait_for_bot()
        async with asyncio.timeout(60):
            while not bot.is_ready():
                await asyncio.sleep(0.02)
            await bot.close()
            with pytest.raises(Unavailable, match="ended"):
                await serving
        with pytest.raises(Unavailable):
            await bot.ready()


async def test_an_outage_is_survived_and_shown_by_readiness(db: Db, database: str) -> None:
    async with SimulatedDiscord() as server, running(db, settings_for(server, database)) as bot:
        await server.outage(1.0)
        await until(bot, ready=False)
        await until(bot, ready=True)
        assert (await server.user("sombra").slash("judge")).message.text == "judged"


async def test_a_server_that_is_not_as_configured_ends_the_start(db: Db, database: str) -> None:
    world = standard_world()
    del world.guild.channels[world.channel_id("newsfeed")]
    async with SimulatedDiscord(world) as server:
        bot = GenjiBot(settings_for(server, database), Config.load(LOCAL), db, [Probe])
        with pytest.raises(Invalid, match=r"channels\.newsfeed: there is no channel"):
            await bot.serve(asyncio.Event().wait())


async def test_another_server_than_the_configured_one_ends_the_start(db: Db, database: str) -> None:
    async with SimulatedDiscord(standard_world(seed=2)) as server:
        bot = GenjiBot(settings_for(server, database), Config.load(LOCAL), db, [Probe])
        with pytest.raises(Invalid, match="not in the server"):
            await bot.serve(asyncio.Event().wait())


async def test_a_stop_lets_handlers_finish_and_refuses_new_ones(db: Db, database: str) -> None:
    async with SimulatedDiscord() as server:
        bot = GenjiBot(settings_for(server, database), Config.load(LOCAL), db, [Probe])
        stop = asyncio.Event()
        serving = asyncio.create_task(bot.serve(stop.wait()))
        async with asyncio.timeout(30):
            while not server.world.commands:
                await asyncio.sleep(0.02)
        slow = asyncio.create_task(server.user("tracer").slash("wait", seconds=1))
        await asyncio.sleep(0.3)
        stop.set()
        await asyncio.sleep(0.1)
        refused = await server.user("kuromi").slash("wait", seconds=0)
        assert "The bot is restarting." in refused.message.text
        assert "Try again <t:" in refused.message.text
        assert (await slow).message.text == "answered late"
        await serving
        assert bot.is_closed()
        assert not bot.running


def environment(server: SimulatedDiscord, database: str, **changes: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "AMQP_URL": "amqp://guest:guest@127.0.0.1:1/",
        "TOKEN_SECRET": "only for tests, long enough to be one",
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_CONFIG": str(LOCAL),
        **changes,
    }


async def start(env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runners.bot", env=env, stderr=asyncio.subprocess.PIPE
    )


async def test_the_process_serves_reports_readiness_and_ends_cleanly(database: str, unused_port: int) -> None:
    async with SimulatedDiscord() as server, aiohttp.ClientSession() as http:
        process = await start(environment(server, database, INNER_PORT=str(unused_port)))
        await server.wait_for_bot()
        report: dict[str, Any] = {}
        async with asyncio.timeout(30):
            while report.get("checks", {}).get("discord") != "ok":
                async with http.get(f"http://127.0.0.1:{unused_port}/readyz") as response:
                    report = await response.json()
                await asyncio.sleep(0.05)
        assert report["checks"]["database"] == "ok"
        assert not report["ready"], "there is no broker in this test"
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(process.communicate(), 45)
        assert process.returncode == 0, said.decode()
        assert any(json.loads(line)["event"] == "ready" for line in said.splitlines())


async def test_a_discord_that_is_away_at_the_start_is_to_be_tried_later(db: Db, database: str) -> None:
    server = SimulatedDiscord()
    settings = settings_for(server, database, discord_api_url="http://127.0.0.1:1/api/v10")
    with pytest.raises(Unavailable, match="does not answer"):
        await GenjiBot(settings, Config.load(LOCAL), db, [Probe]).serve(asyncio.Event().wait())


async def test_the_process_names_a_wrong_token_and_ends(database: str) -> None:
    async with SimulatedDiscord() as server:
        process = await start(environment(server, database, DISCORD_TOKEN="wrong"))
        _, said = await asyncio.wait_for(process.communicate(), 45)
        assert process.returncode == 2
        assert "Discord refuses the bot" in said.decode().splitlines()[-1]
