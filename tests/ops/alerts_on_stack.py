"""The long form of test_prometheus.py, for `make test-alerts`: the embedded stack, watched.

Prometheus scrapes runners, RabbitMQ and a node exporter every second; a minute of the rules is a second.
Nothing fires while all is well; then trouble is made, its alerts fire, and are silent afterwards.
Alerts about raids, and those that would need half an hour, a full disk or a flood of files, are made to fire
by played series in test_prometheus.py.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import randrange
from time import monotonic
from typing import Any

import aiohttp
import psycopg
import pytest

from genjilib.local.discord.people import NoResponse, TimedOut
from genjilib.local.ports import free_port
from genjilib.local.processes import Process, accepts
from genjilib.local.prometheus import RULES, Prometheus, program
from genjilib.local.system import System, fill
from genjilib.ops import schedule
from tests.ops.monitoring import EXPRESSIONS, metrics_in

WITHIN = 120
"""Seconds within which an alert fires, and is silent again."""

Trouble = Callable[["Watched"], AbstractAsyncContextManager[None]]


def scaled(text: str) -> str:
    """A rule file whose minutes are seconds, two where it looks back: starts take seconds too."""
    text = re.sub(r"for: \d+[mh]", "for: 1s", text)
    return re.sub(r"\[(\d+)m\]", lambda found: f"[{2 * int(found[1])}s]", text)


class Watched:
    """The system and the Prometheus that watches it."""

    def __init__(self, system: System, prometheus: Prometheus, schedules: Path) -> None:
        self.system, self.prometheus, self.schedules = system, prometheus, schedules

    async def until(self, look: Callable[[set[str]], bool], within: float = WITHIN) -> set[str]:
        """Wait until what fires is as wanted; return what last fired."""
        deadline = monotonic() + within
        while not look(firing := await self.prometheus.firing()):
            assert monotonic() < deadline, f"{sorted(firing)} fire"
            await asyncio.sleep(0.3)
        return firing

    async def sql(self, statement: str) -> None:
        """Run a statement on the system's database."""
        async with await self.connect() as connection:
            await connection.execute(statement)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """Open a connection to the system's database."""
        url = self.system.environment()["DATABASE_URL"]
        return await psycopg.AsyncConnection.connect(url, autocommit=True)

    async def ask(self, path: str, json: dict[str, Any] | None = None) -> int:
        """Status of an answer of the API, to a POST where there is a body."""
        headers, url = {"X-API-KEY": self.system.key}, f"{self.system.api_url}/api/v3{path}"
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.post(url, json=json) if json else http.get(url) as answer,
        ):
            return answer.status

    async def emit(self, queue: str, body: str, *, times: int = 1, age: str = "0 s") -> None:
        """Put messages into the outbox."""
        await self.sql(
            f"insert into messages.outbox (queue, body, created_at, run_at)"
            f" select '{queue}', '{body}', now() - interval '{age}', now() - interval '{age}'"
            f" from generate_series(1, {times})"
        )


@pytest.fixture(scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    schedules = folder / "schedules"
    schedules.mkdir()
    for each in schedule.SCHEDULES:
        schedule.write(schedules, each.name)
    (folder / "rules").mkdir()
    for file in RULES.glob("*.yml"):
        (folder / "rules" / file.name).write_text(scaled(file.read_text()))
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(System(folder / "system"))
        port = free_port()
        exporter = Process(
            "node exporter",
            [
                program("prometheus-node-exporter"),
                f"--web.listen-address=127.0.0.1:{port}",
                f"--collector.textfile.directory={schedules}",
            ],
            log=folder / "exporter",
        )
        await exporter.start(lambda: accepts(port), within=20)
        stack.push_async_callback(exporter.stop)
        targets = {**system.metrics(), "node": f"http://127.0.0.1:{port}/metrics"}
        prometheus = Prometheus(folder / "prometheus", targets, rules=folder / "rules", interval="1s")
        await prometheus.start()
        stack.push_async_callback(prometheus.stop)
        await fill(system)
        yield Watched(system, prometheus, schedules)


@asynccontextmanager
async def killed(watched: Watched, *names: str) -> AsyncGenerator[None]:
    """Runners that are dead for a while."""
    for name in names:
        watched.system.kill(name)
    yield
    await asyncio.gather(*(watched.system.start(name) for name in names))


@asynccontextmanager
async def bot_away(watched: Watched) -> AsyncGenerator[None]:
    async with killed(watched, "bot"):
        await watched.emit("api.newsfeed.create", '{"newsfeed_id": 1}')
        yield


@asynccontextmanager
async def restarts(watched: Watched) -> AsyncGenerator[None]:
    for _ in range(3):
        async with killed(watched, "api"):
            await asyncio.sleep(1)
        await asyncio.sleep(1)
    yield


@asynccontextmanager
async def server_away(watched: Watched, name: str) -> AsyncGenerator[None]:
    service = watched.system.service(name)
    service.kill()
    yield
    await service.start()


def database_away(watched: Watched) -> AbstractAsyncContextManager[None]:
    return server_away(watched, "postgres")


def broker_away(watched: Watched) -> AbstractAsyncContextManager[None]:
    return server_away(watched, "rabbitmq")


@asynccontextmanager
async def broker_blocked(watched: Watched) -> AsyncGenerator[None]:
    """No memory for messages: those that wait grow old in the outbox."""
    broker = watched.system.service("rabbitmq")
    limit = "vm_memory_monitor:set_vm_memory_high_watermark({})"
    await broker.evaluate(limit.format('{absolute, "1MB"}'))
    await watched.emit("api.newsfeed.create", '{"newsfeed_id": 1}', age="2 min")
    yield
    await broker.evaluate(limit.format('{absolute, "512MB"}'))


@asynccontextmanager
async def discord_away(watched: Watched) -> AsyncGenerator[None]:
    await watched.system.discord.outage(15)
    yield


@asynccontextmanager
async def queue_missing(watched: Watched) -> AsyncGenerator[None]:
    url = watched.system.environment()["RABBITMQ_MANAGEMENT_URL"]
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        await http.delete(f"{url}/api/queues/%2F/api.image.process")
    await watched.emit("api.image.process", "{}", times=3)
    yield
    await watched.sql("delete from messages.outbox")
    await watched.system.command("topology", "mend", "--yes")


@asynccontextmanager
async def poison(watched: Watched) -> AsyncGenerator[None]:
    await watched.emit("api.xp.grant", '{"nothing": "known"}', times=3)
    yield
    await watched.system.command("dlq", "discard", "--all", "--reason", "a test", "--yes")


@asynccontextmanager
async def table_missing(watched: Watched) -> AsyncGenerator[None]:
    """A release that does not fit the database: requests and messages meet bugs."""
    await watched.sql("alter table public.newsfeed rename to other")
    await watched.sql("alter table users.overwatch_usernames rename to other")
    await watched.emit("api.newsfeed.create", '{"newsfeed_id": 1}', times=130)
    async with going_on(_ask_on(watched, "/newsfeed"), _talk_on(watched)):
        yield
    await watched.sql("alter table public.other rename to newsfeed")
    await watched.sql("alter table users.other rename to overwatch_usernames")
    await watched.sql("delete from messages.outbox")
    await watched.system.command("dlq", "discard", "--all", "--reason", "a test", "--yes")


async def _ask_on(watched: Watched, path: str) -> None:
    while True:
        await watched.ask(path)
        await asyncio.sleep(0.2)


async def _talk_on(watched: Watched) -> None:
    """Use a command that reads of people, again and again."""
    lucio = watched.system.discord.user("lucio")
    while True:
        with suppress(NoResponse, TimedOut):
            await lucio.slash("settings", within=20)
        await asyncio.sleep(0.2)


@asynccontextmanager
async def going_on(*work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """What people do all the while."""
    tasks = [asyncio.create_task(each) for each in work]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def table_locked(watched: Watched) -> AsyncGenerator[None]:
    """Somebody forgot a transaction; requests wait for it, take all connections, and are answered late."""

    async def lock() -> None:
        while True:
            async with await watched.connect() as connection, connection.transaction():
                await connection.execute("lock table core.users in access exclusive mode")
                await asyncio.sleep(7)

    async def write() -> None:
        while True:
            await watched.ask(
                "/users", json={"id": randrange(10**17, 10**18), "global_name": "x", "nickname": "x"}
            )

    async with going_on(lock(), _talk_on(watched), *(write() for _ in range(30))):
        yield


@asynccontextmanager
async def connections_taken(watched: Watched) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        try:
            while True:
                await stack.enter_async_context(await watched.connect())
        except psycopg.OperationalError:
            yield


@asynccontextmanager
async def schedule_silent(watched: Watched) -> AsyncGenerator[None]:
    file = watched.schedules / "genji-backup.prom"
    text = file.read_text()
    file.write_text(re.sub(r"(last_success_seconds\{.+\}) .+", r"\1 1000", text))
    yield
    file.write_text(text)


@asynccontextmanager
async def late(watched: Watched) -> AsyncGenerator[None]:
    await watched.sql(
        "insert into public.newsfeed (payload)"
        """ values ('{"type": "announcement", "title": "Late", "content": "news"}')"""
    )
    async with going_on(_send_late(watched)):
        yield


async def _send_late(watched: Watched) -> None:
    while True:
        await watched.sql(
            "insert into messages.outbox (queue, body, created_at)"
            " select 'api.newsfeed.create', jsonb_build_object('newsfeed_id', max(id)),"
            " now() - interval '4 min' from public.newsfeed"
        )
        await asyncio.sleep(2)  # Discord takes one a second


async def test_nothing_fires_while_all_is_well_and_every_panel_of_ours_has_data(watched: Watched) -> None:
    await asyncio.sleep(5)  # until everything was scraped
    await watched.until(lambda firing: not firing)
    targets = (await watched.prometheus.ask("targets"))["activeTargets"]
    assert {target["health"] for target in targets} == {"up"}
    known = set(await watched.prometheus.ask("label/__name__/values"))
    named = {name for expression in EXPRESSIONS.values() for name in metrics_in(expression)}
    # Ours are known by the list of metrics; others must be seen where a panel says so.
    foreign = {name for name in named if not name.startswith("genji_")}
    assert foreign - known == set()


@pytest.mark.parametrize(
    ("trouble", "alerts"),
    [
        (bot_away, {"RunnerDown", "QueueForsaken"}),
        (restarts, {"RunnerRestarts"}),
        (database_away, {"DatabaseAway"}),
        (broker_away, {"BrokerAway"}),
        (broker_blocked, {"BrokerBlocked", "OutboxStuck"}),
        (discord_away, {"DiscordAway"}),
        (queue_missing, {"OutboxRefused"}),
        (poison, {"DeadLetters"}),
        (table_missing, {"BreakerOpen", "StatementsRefused", "ApiFails", "InteractionsFail"}),
        (table_locked, {"PostgresLocks", "ApiSlow", "PoolExhausted", "InteractionsSlow"}),
        (connections_taken, {"PostgresConnections"}),
        (schedule_silent, {"ScheduleSilent"}),
        (late, {"MessagesLate"}),
    ],
)
async def test_real_trouble_makes_its_alerts_fire(
    watched: Watched, trouble: Trouble, alerts: set[str]
) -> None:
    fired: set[str] = set()

    def look(firing: set[str]) -> bool:
        fired.update(firing)
        return alerts <= fired

    async with trouble(watched):
        with suppress(AssertionError):  # the trouble has to be mended first, for the next one
            await watched.until(look)
    assert alerts <= fired
    await watched.until(lambda firing: not firing & alerts)
