"""Bots for the tests, pointed at the simulation as the product points its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bot(commands.Bot):
    """A bot with the intents of the product's; `setup` adds commands before the sync."""

    def __init__(self, setup: Callable[["Bot"], Any] | None = None, **options: Any) -> None:
        intents = discord.Intents(
            guilds=True,
            guild_messages=True,
            dm_messages=True,
            members=True,
            message_content=True,
            guild_reactions=True,
            dm_reactions=True,
        )
        options = {"intents": intents, "guild_ready_timeout": 0.1, **options}
        super().__init__("?", allowed_mentions=discord.AllowedMentions.none(), **options)
        self.setup = setup
        self.events: list[str] = []
        self.said: list[discord.Message] = []
        self.heard = asyncio.Event()

    async def setup_hook(self) -> None:
        if self.setup:
            self.setup(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord asks for 5 s between identifies; the simulation does not unless told to."""

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        self.events.append(event_name)
        if event_name == "message":
            self.said.append(args[0])
        self.heard.set()
        super().dispatch(event_name, *args, **kwargs)

    async def hears(self, event: str, times: int = 1) -> None:
        """Wait until an event was dispatched so often."""
        async with asyncio.timeout(60):
            while self.events.count(event) < times:
                self.heard.clear()
                await self.heard.wait()


class ShardedBot(Bot, commands.AutoShardedBot):
    """The same with shards."""


Start = Callable[..., Awaitable[Any]]


async def point_at(api_url: str) -> None:
    """What the product does with DISCORD_API_URL."""
    async with aiohttp.ClientSession() as session, session.get(f"{api_url}/gateway") as response:
        gateway = (await response.json())["url"]
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@asynccontextmanager
async def running(bot: discord.Client, token: str) -> AsyncIterator[None]:
    """Start a bot, wait until it is ready, close it at the end."""
    async with bot:
        task = asyncio.create_task(bot.start(token))
        ready = asyncio.create_task(_ready(bot))
        done, _ = await asyncio.wait([task, ready], timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if ready not in done:
            ready.cancel()
            await task
        yield
    await asyncio.wait([task])


async def _ready(bot: discord.Client) -> None:
    while not bot.is_ready():
        await asyncio.sleep(0.01)


def command(bot: Bot, name: str, **options: Any) -> Callable[[Any], Any]:
    """Decorate a callback as a slash command of a bot."""

    def decorate(callback: Any) -> Any:
        made: Any = app_commands.Command(name=name, description=f"Do {name}", callback=callback, **options)
        bot.tree.add_command(made)
        return made

    return decorate
