"""Commands are told to Discord when they changed, and only then."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from genjilib.chat import sync
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import Config
from genjilib.db import Db
from genjilib.local.discord import SimulatedDiscord, empty_world
from tests.chat.cog import Probe
from tests.chat.conftest import LOCAL, running, settings_for


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[tuple[str, Db]]:
    """A database in which nothing has been synced."""
    async with Db.open(settings_for(SimulatedDiscord(empty_world()), database_url), name="tests") as opened:
        yield database_url, opened


class Other(Cog):
    """Another set of commands."""

    @app_commands.command()
    async def wait(self, interaction: discord.Interaction[Any]) -> None:
        """Wait in another way."""

    @app_commands.command()
    async def new(self, interaction: discord.Interaction[Any]) -> None:
        """Be new."""


async def test_a_start_without_a_change_makes_no_call(fresh: tuple[str, Db]) -> None:
    url, db = fresh
    async with SimulatedDiscord() as server:
        settings = settings_for(server, url, app_environment="staging")
        async with running(db, settings):
            first = {command.id for command in server.world.commands.values()}
        assert first
        await server.fault("error", "PUT /applications/*", status=400)
        await server.fault("error", "POST /applications/*", status=400)
        async with running(db, settings):
            assert {command.id for command in server.world.commands.values()} == first
            assert all(fault.struck == 0 for fault in server.state.faults.active)


async def test_a_change_is_shown_first_and_told_at_the_next_start(fresh: tuple[str, Db]) -> None:
    url, db = fresh
    async with SimulatedDiscord() as server:
        settings = settings_for(server, url, app_environment="staging")
        async with running(db, settings):
            pass
        bot = GenjiBot(settings, Config.load(LOCAL), db, [Other])
        await bot.prepare()
        ids = {"application_id": server.world.application.id, "guild_id": bot.config.guild}
        found = await sync.difference(bot.tree, db, **ids)
        assert found.added == ["/new"]
        assert found.changed == ["/wait"]
        assert "Probe Message" in found.removed
        async with running(db, settings, [Other]):
            assert {command.name for command in server.world.commands.values()} == {"wait", "new"}
            assert not await sync.difference(bot.tree, db, **ids)


async def test_the_hash_changes_with_every_part_of_a_command(db: Db) -> None:
    bot = GenjiBot(settings_for(SimulatedDiscord(), "postgresql://x/"), Config.load(LOCAL), db, [Probe])
    await bot.prepare()
    commands = await sync.commands_of(bot.tree, bot.config.guild)
    assert sync.hash_of(commands) == sync.hash_of(await sync.commands_of(bot.tree, bot.config.guild))
    changed = [{**commands[0], "description": "other"}, *commands[1:]]
    assert sync.hash_of(changed) != sync.hash_of(commands)
