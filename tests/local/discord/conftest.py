"""A simulated Discord for each test, and a way to start bots on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import discord
import pytest

from genjilib.local.discord import Limits, Person, SimulatedDiscord
from tests.local.discord.bots import Bot, Start, point_at, running


@pytest.fixture
async def server() -> AsyncIterator[SimulatedDiscord]:
    """A simulated Discord whose REST windows are short."""
    async with SimulatedDiscord(limits=Limits(rest_window=0.02)) as simulated:
        await point_at(simulated.api_url)
        yield simulated
        assert simulated.state.crashes == []


@pytest.fixture
async def start(server: SimulatedDiscord) -> AsyncIterator[Start]:
    """`await start(setup)` runs a bot until the test ends, its commands synced to the guild."""
    async with AsyncExitStack() as stack:

        async def begin(
            setup: Callable[[Bot], Any] | None = None, kind: type[Bot] = Bot, **options: Any
        ) -> Bot:
            bot = kind(setup, **options)
            await stack.enter_async_context(running(bot, server.token))
            if setup:
                guild = discord.Object(server.world.guild.id)
                bot.tree.copy_global_to(guild=guild)
                await bot.tree.sync(guild=guild)
            return bot

        yield begin


@pytest.fixture
def kuromi(server: SimulatedDiscord) -> Person:
    """An ordinary member."""
    return server.user("kuromi")
