"""A bot with a cog of tests, connected to a simulated Discord."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import Config
from genjilib.core.errors import Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.discord import Limits, SimulatedDiscord, empty_world
from tests.chat.cog import Probe
from tests.support import Clones

LOCAL = Path("configs/local.toml")


def settings_for(discord: SimulatedDiscord, database: str, **changes: object) -> Settings:
    values: dict[str, object] = {
        "database_url": database,
        "amqp_url": "amqp://guest:guest@127.0.0.1:1/",
        "token_secret": "only for tests, long enough to be one",
        "discord_token": discord.token,
        "discord_api_url": discord.api_url,
        "discord_config": LOCAL,
        "shutdown_seconds": 5,
    }
    return Settings(_env_file=None, **{**values, **changes})  # pyright: ignore[reportArgumentType, reportCallIssue]


@asynccontextmanager
async def running(
    db: Db, settings: Settings, cogs: Sequence[type[Cog]] = (Probe,)
) -> AsyncGenerator[GenjiBot]:
    """A bot that is ready; stopped cleanly at the end."""
    bot = GenjiBot(settings, Config.load(LOCAL), db, cogs)
    # Two seconds of waiting for more servers at each start are a lot for a test.
    bot._connection.guild_ready_timeout = 0.1  # pyright: ignore[reportPrivateUsage]
    stop = asyncio.Event()
    serving = asyncio.create_task(bot.serve(stop.wait()))
    try:
        await until_ready(bot, serving)
        yield bot
    finally:
        stop.set()
        await serving


async def until_ready(bot: GenjiBot, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not serving.done():
            with suppress(Unavailable):
                await bot.ready()
                return
            await asyncio.sleep(0.02)
    serving.result()


@pytest.fixture(scope="session")
def database(clones: Clones) -> Iterator[str]:
    """A database that all tests here share: the ground writes nothing but the commands it synced."""
    url = clones.take()
    yield url
    clones.give_back(url)


@pytest.fixture(scope="session")
async def db(database: str) -> AsyncIterator[Db]:
    settings = settings_for(SimulatedDiscord(empty_world()), database)
    async with Db.open(settings, name="tests") as opened:
        yield opened


@pytest.fixture(scope="session")
async def discord() -> AsyncIterator[SimulatedDiscord]:
    async with SimulatedDiscord(limits=Limits(rest_window=0.02)) as simulated:
        yield simulated


@pytest.fixture(scope="session")
async def bot(discord: SimulatedDiscord, db: Db, database: str) -> AsyncIterator[GenjiBot]:
    async with running(db, settings_for(discord, database)) as started:
        yield started


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
