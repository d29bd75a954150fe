"""Runners as processes, and gates before their servers that can be shut."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import pytest

from genjilib.auth import rules as keys
from genjilib.broker.client import Broker
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.discord import Limits, SimulatedDiscord
from genjilib.local.ports import free_port
from genjilib.local.processes import Process
from genjilib.local.roles import role_url
from tests.brokers import admit, user_url
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


class Runner:
    """One runner as a process of its own."""

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.port, self.inner = free_port(), free_port()
        self._log = folder / f"{name}-{self.inner}.log"
        own = {"API_PORT": str(self.port), "INNER_PORT": str(self.inner)}
        self._process = Process(
            name,
            [sys.executable, "-m", f"runners.{name}"],
            log=self._log,
            environment={**environment, **own},
        )

    async def start(self, *, ready: bool = True) -> "Runner":
        """Start it and wait until it is ready, or only until it lives."""
        path, wanted = ("readyz", 200) if ready else ("livez", 200)
        await self._process.start(lambda: self._answers(path, wanted), within=60)
        return self

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page of the inner port; 0 while nobody listens."""
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"http://127.0.0.1:{self.inner}/{path}") as answer,
            ):
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def until(self, status: int, *, within: float = 40) -> dict[str, Any]:
        """The report of /readyz as soon as it has this status."""
        deadline = time.monotonic() + within
        while (found := await self.get("readyz"))[0] != status:
            assert time.monotonic() < deadline, f"{found} is not {status}:\n{self.words()}"
            await asyncio.sleep(0.05)
        return json.loads(found[1])

    def send(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def ended(self, *, within: float = 20) -> int:
        """Its exit status, as soon as it has ended."""
        deadline = time.monotonic() + within
        while (status := self._process.status) is None:
            assert time.monotonic() < deadline, f"{self.name} has not ended:\n{self.words()}"
            await asyncio.sleep(0.02)
        return status

    async def stop(self) -> int:
        """End it as an operator does and return its exit status."""
        self.send()
        return await self.ended()

    def kill(self) -> None:
        """End it whatever it does."""
        self._process.kill()

    def words(self) -> str:
        """All it said."""
        return self._log.read_text(errors="replace")

    def lines(self) -> list[dict[str, Any]]:
        """Its log lines."""
        return [json.loads(line) for line in self.words().splitlines() if line.startswith("{")]

    async def _answers(self, path: str, wanted: int) -> bool:
        return (await self.get(path))[0] == wanted


class Servers:
    """A database, a virtual host and a Discord, each behind a gate, and the runners on them."""

    def __init__(self, folder: Path, database: Gate, broker: Gate, discord: SimulatedDiscord) -> None:
        self.folder, self.database, self.broker, self.discord = folder, database, broker, discord
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

    def runner(self, name: str, **changes: str) -> Runner:
        """A runner that is not started yet."""
        environment = self.environment(**changes)
        environment["DATABASE_URL"] = role_url(environment["DATABASE_URL"], name)
        if name in ("bot", "worker"):
            environment["AMQP_URL"] = user_url(environment["AMQP_URL"], name)
        runner = Runner(name, self.folder, environment)
        self.started.append(runner)
        return runner

    async def end(self) -> None:
        """Kill what still runs."""
        for runner in self.started:
            runner.kill()
        await self.database.shut()
        await self.broker.shut()


@pytest.fixture(scope="module")
async def servers(
    clones: Clones, rabbitmq: dict[str, str], worker_vhost: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Servers]:
    """The module's servers, with users, a map and a superuser's key."""
    url = clones.take()
    amqp = f"{rabbitmq['AMQP_URL'].rpartition('/')[0]}/{worker_vhost}"
    await admit(rabbitmq["RABBITMQ_MANAGEMENT_URL"], worker_vhost)
    async with SimulatedDiscord(limits=Limits(rest_window=0.02)) as discord:
        servers = Servers(tmp_path_factory.mktemp("runners"), Gate(url), Gate(amqp), discord)
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
