"""An upgrade under load: its migration, then API processes behind Caddy replaced one after the other."""

import asyncio
import os
import shutil
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from genjilib.local import CHECKOUT
from genjilib.local.ports import free_port
from genjilib.local.processes import Process, run
from tests.infra.proxies import Caddy

MIGRATION = "99991231235959_expand_release.sql"
CHANGE = """\
-- migrate:up
alter table core.users add column release text not null default 'before';
-- migrate:down
alter table core.users drop column release;
"""


def newer(folder: Path) -> Path:
    """Make a copy of this checkout that is a release ahead: a migration, and a query that needs it."""
    for name in ("genjilib", "runners", "sql", "configs"):
        shutil.copytree(CHECKOUT / name, folder / name)
    shutil.copy(CHECKOUT / "cli.py", folder)
    (folder / "sql/migrations" / MIGRATION).write_text(CHANGE)
    query = folder / "sql/queries/users/create.sql"
    text = query.read_text().replace("global_name)", "global_name, release)", 1)
    query.write_text(text.replace(":global_name)", ":global_name, 'after')", 1))
    return folder


async def expand(checkout: Path, url: str) -> None:
    """Do what comes before the processes of ``checkout``: the migrations and rights of the database."""
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(checkout)}
    for command in (("migrate", "up"), ("db", "grant")):
        await run(["env", "-C", checkout, sys.executable, "cli.py", *command], environment=environment)


class Load:
    """Clients that read and write, and what they were answered."""

    pause = 0.0
    """Seconds that a client waits after each pair of requests."""

    def __init__(self, url: str, key: str, *, clients: int = 8) -> None:
        self._url, self._key, self._clients = url, key, clients
        self.answers: Counter[str] = Counter()
        self.created: set[int] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Load"]:
        """Ask while the block runs."""
        self._go = True
        async with (
            aiohttp.ClientSession(headers={"X-API-KEY": self._key}) as http,
            asyncio.TaskGroup() as group,
        ):
            for number in range(self._clients):
                group.create_task(self._client(http, 6 * 10**17 + number * 10**6))
            try:
                yield self
            finally:
                self._go = False

    async def _client(self, http: aiohttp.ClientSession, user_id: int) -> None:
        while self._go:
            user_id += 1
            body = {"id": user_id, "global_name": "x", "nickname": "x"}
            if await self._ask(http.post(f"{self._url}/api/v3/users", json=body), 201):
                self.created.add(user_id)
            await self._ask(http.get(f"{self._url}/api/v3/users/{user_id}"), 200)
            await asyncio.sleep(self.pause)

    async def _ask(self, request: "aiohttp.client._RequestContextManager", wanted: int) -> bool:
        try:
            async with request as answer:
                await answer.read()
                said = "fine" if answer.status == wanted else f"{answer.status} {(await answer.text())[:200]}"
        except aiohttp.ClientError as error:
            said = type(error).__name__
        self.answers[said] += 1
        return said == "fine"


class Api:
    """One API process of a checkout."""

    def __init__(self, checkout: Path, folder: Path, environment: Mapping[str, str], port: int) -> None:
        self.port, inner = port, free_port()
        own = {"API_PORT": str(port), "INNER_PORT": str(inner), "API_DRAIN_SECONDS": "0.6"}
        self._ready_url = f"http://127.0.0.1:{inner}/readyz"
        self._process = Process(
            "the API",
            [sys.executable, "-m", "runners.api"],
            log=folder / f"api-{port}.log",
            environment={**environment, "PYTHONPATH": str(checkout), **own},
            wrapper=("env", "-C", str(checkout)),
        )

    async def start(self) -> "Api":
        """Start it and wait until it is ready."""
        await self._process.start(self._ready, within=60)
        return self

    async def stop(self) -> None:
        """Stop it as an upgrade does."""
        await self._process.stop(within=30)

    async def _ready(self) -> bool:
        try:
            async with aiohttp.ClientSession() as http, http.get(self._ready_url) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def upgrade(
    folder: Path,
    database_url: str,
    environment: Mapping[str, str],
    key: str,
    old: Path,
    new: Path,
    *,
    replacements: int = 1,
) -> Load:
    """Replace processes of ``old``, of which there are two, by ``new`` under load; return the answers.

    Before the first, the database gets the migrations and rights of ``new``.
    """
    ports = [free_port(), free_port()]
    apis = list(await asyncio.gather(*(Api(old, folder, environment, port).start() for port in ports)))
    caddy = await Caddy(folder, ports).start()
    try:
        async with Load(f"http://127.0.0.1:{caddy.port}", key).running() as load:
            load.pause = 0.1  # the commands need the cores too
            await expand(new, database_url)
            load.pause = 0
            for number in range(replacements):
                await asyncio.sleep(0.3)
                await apis[number % 2].stop()
                apis[number % 2] = await Api(new, folder, environment, ports[number % 2]).start()
            await asyncio.sleep(0.3)
        return load
    finally:
        await caddy.stop()
        await asyncio.gather(*(api.stop() for api in apis))
