"""Runners as processes, and gates before their servers that can be shut."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit, urlunsplit

import pytest

from genjilib.auth import keys
from genjilib.broker.client import Broker
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.discord import Limits, SimulatedDiscord
from genjilib.local.ports import free_port
from genjilib.local.roles import role_url
from tests.brokers import admit, user_url
from tests.nursery import Nursery, Runner
from tests.support import Clones
from tests.town import LOCAL, QUICK, Town, settings_for

NAMES = ("api", "worker", "bot")


class Gate:
    """A port that leads to a server; while it is shut, the server is away for all who come this way."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._port = free_port()
        host = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._port}"
        self.url = urlunsplit(parts._replace(netloc=host))
        self._server: asyncio.Server | None = None
        self._through: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let everybody through."""
        if self._server is None:
            self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)

    async def shut(self) -> None:
        """Refuse connections and cut those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._through):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._through |= {writer, back}
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            self._through -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


class Servers:
    """A database, a virtual host and a Discord, each behind a gate, and the runners on them."""

    def __init__(self, nursery: Nursery, database: Gate, broker: Gate, discord: SimulatedDiscord) -> None:
        self.database, self.broker, self.discord = database, broker, discord
        self._nursery = nursery
        self.key = ""
        self.town: Town
        self.started: list[Runner] = []

    def environment(self, **changes: str) -> dict[str, str]:
        """What the runners read."""
        return {
            **os.environ,
            "DATABASE_URL": self.database.url,
            "AMQP_URL": self.broker.url,
            "TOKEN_SECRET": "only for tests, long enough to be one",
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_CONFIG": str(LOCAL),
            **changes,
        }

    async def start(self, name: str, *, ready: bool = True, **changes: str) -> Runner:
        """Start a runner, and wait until it is ready or at least lives."""
        environment = self.environment(**changes)
        environment["DATABASE_URL"] = role_url(environment["DATABASE_URL"], name)
        if name in ("bot", "worker"):
            environment["AMQP_URL"] = user_url(environment["AMQP_URL"], name)
        runner = await self._nursery.start(name, environment)
        self.started.append(runner)
        return await runner.ready("readyz" if ready else "livez", within=60)

    async def kill(self) -> None:
        """Kill what still runs."""
        for runner in self.started:
            await runner.kill()

    async def end(self) -> None:
        """Kill what still runs, and shut the gates."""
        await self.kill()
        await self.database.shut()
        await self.broker.shut()


@pytest.fixture(scope="module")
async def servers(
    clones: Clones, rabbitmq: dict[str, str], worker_vhost: str, nursery: Nursery
) -> AsyncIterator[Servers]:
    """The module's servers, with users, a map and a superuser's key."""
    url = clones.take()
    amqp = f"{rabbitmq['AMQP_URL'].rpartition('/')[0]}/{worker_vhost}"
    await admit(rabbitmq["RABBITMQ_MANAGEMENT_URL"], worker_vhost)
    async with SimulatedDiscord(limits=Limits(rest_window=0.02)) as discord:
        servers = Servers(nursery, Gate(url), Gate(amqp), discord)
        async with AsyncExitStack() as stack:
            db = await stack.enter_async_context(Db.open(settings_for(discord, url), name="tests"))
            servers.town = Town(discord, _Nobody(settings_for(discord, url)), db, url)
            await servers.town.everybody()
            await servers.town.map()
            created = await keys.create_key(db, name="tests", scopes=(), superuser=True, expires_at=None)
            servers.key = created.key
            await servers.database.open()
            await servers.broker.open()
            yield servers
            await servers.end()
    clones.give_back(url)


@pytest.fixture
async def publishing(servers: Servers) -> AsyncIterator[None]:
    """A relay of the test's own, where the worker is not what is tested."""
    async with (
        Broker(servers.broker.url, name="tests", timing=QUICK) as broker,
        servers.town.publishing(broker),
    ):
        yield


class _Nobody:
    """Stands where a town has its bot: here that is a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
