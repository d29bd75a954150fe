"""The scene of a row: a database, a virtual host, proxies before both, runners, load and a ledger."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from genjilib.auth import keys
from genjilib.broker.channels import Outcome
from genjilib.broker.client import Broker
from genjilib.broker.envelope import Message
from genjilib.broker.topology import QUEUES
from genjilib.db import Db
from tests.broker.world import QUICK, settings
from tests.chaos.effects import QUEUE
from tests.chaos.ledger import Balance, Ledger
from tests.chaos.proxy.proxy import Proxy, Strike
from tests.chaos.proxy.wire import Amqp, Postgres
from tests.chaos.rows import Row
from tests.nursery import Nursery, Runner

LONG = "CHAOS_MESSAGES" in os.environ
"""Whether this is `make chaos`, with the waits and the number of strikes that the rows name."""

MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "2000"))
"""N: how many messages a row that counts them sends."""

PROMPT = 5 if LONG else 60
"""Seconds for what is promised within 5; `make test` runs on machines that do much else at the time."""

STRIKES = 10 if LONG else 1
"""How often a row strikes that can strike repeatedly."""

PATIENT = replace(QUICK, confirm=60)
"""How we publish ourselves: a machine that does other things too is no failure."""

PREPARE = """
    create schema chaos;
    create table chaos.effects (n bigint, at timestamptz default clock_timestamp());
    create table chaos.things (id bigint primary key, value bigint);
    create table chaos.shown (id bigint primary key, value bigint)
"""
EMIT = """
    select messages.emit(%s, jsonb_build_object('n', n, 'fate', %s::text), version => %s)
    from generate_series(%s::bigint, %s) as n
"""


class Scene:
    """Everything a row needs; ``verdict`` waits until all is at rest and counts."""

    def __init__(
        self, rows: Sequence[Row], folder: Path, database_url: str, vhost: tuple[str, str], nursery: Nursery
    ) -> None:
        self.carried_out, self.folder, self.database_url = rows, folder, database_url
        self.amqp_url, self.management_url = vhost
        self.database = Proxy(database_url, Postgres)
        self.broker = Proxy(self.amqp_url, Amqp)
        self.ledger = Ledger()
        self.runners: list[Runner] = []
        self.recovery = 0.0
        self._nursery = nursery
        self._next = 0
        self._began, self._struck = time.monotonic(), time.time()
        self._stack = AsyncExitStack()
        self._connection: tuple[str, psycopg.AsyncConnection[Any]] | None = None

    async def open(self) -> None:
        """Open the proxies, and make the table of effects and the queues, empty."""
        await self.do(PREPARE)
        # RabbitMQ itself, past the proxy.
        self.direct = await self._stack.enter_async_context(
            Broker(self.amqp_url, name="scene", timing=PATIENT)
        )
        await asyncio.gather(self.direct.declare(QUEUES), self.database.open(), self.broker.open())
        await self.manage("delete", f"queues/{{vhost}}/{QUEUE}/contents")

    async def close(self) -> None:
        """Kill what still runs."""
        for runner in self.runners:
            await runner.kill()
        await asyncio.gather(self.database.end(), self.broker.end(), self._stack.aclose())
        if self._connection is not None:
            await self._connection[1].close()

    async def direct_to(self, amqp_url: str) -> None:
        """Look at RabbitMQ by another node from now on."""
        self.direct = await self._stack.enter_async_context(Broker(amqp_url, name="scene", timing=PATIENT))

    def environment(self, **changes: str) -> dict[str, str]:
        """What runners read here."""
        return {
            **os.environ,
            "DATABASE_URL": self.database.url,
            "AMQP_URL": self.broker.url,
            "AMQP_HEARTBEAT_SECONDS": "5",
            "AMQP_RECONNECT_SECONDS": "8" if LONG else "0.5",
            "RETRY_SECONDS": "[0.01, 0.1, 0.2, 0.3]",
            "TOKEN_SECRET": "only for tests, long enough to be one",
            **changes,
        }

    async def worker(
        self, deploy: str = "good", *, ready: bool = True, nursery: Nursery | None = None, **changes: str
    ) -> Runner:
        """Start a worker."""
        return await self.start("worker", deploy=deploy, ready=ready, nursery=nursery, **changes)

    async def start(
        self,
        name: str,
        *,
        deploy: str = "",
        ready: bool = True,
        nursery: Nursery | None = None,
        **changes: str,
    ) -> Runner:
        """Start a runner, and wait until it is ready or at least lives."""
        runner = await (nursery or self._nursery).start(name, self.environment(**changes), deploy=deploy)
        self.runners.append(runner)
        return await runner.ready("readyz" if ready else "livez")

    async def key(self) -> str:
        """A key of the API that may do everything."""
        async with Db.open(settings(self.database_url, self.amqp_url), name="scene") as db:
            created = await keys.create_key(db, name="chaos", scopes=(), superuser=True, expires_at=None)
        return created.key

    async def command(self, *arguments: str, nursery: Nursery | None = None, **changes: str) -> Runner:
        """Begin ``./cli.py`` with these arguments."""
        runner = await (nursery or self._nursery).start("cli", self.environment(**changes), *arguments)
        self.runners.append(runner)
        return runner

    async def produce(self, count: int, *, nursery: Nursery | None = None) -> None:
        """Have the code of a checkout emit ``count`` messages, and note them as accepted."""
        numbers = range(self._next, self._next + count)
        self._next = numbers.stop
        self.ledger.doubtful.update(numbers)
        given = str(numbers.start), str(numbers.stop)
        producer = await (nursery or self._nursery).start("producer", self.environment(), *given)
        assert await producer.ended(within=60 + MESSAGES / 100) == 0, producer.words()
        self.ledger.accepted.update(numbers)

    async def killed_at(self, strike: Strike, runner: Runner) -> Runner:
        """Kill a worker at the moment of a strike, and start the next one; returns it when it goes on."""
        await strike.seen()
        await runner.kill()
        self.hit()
        strike.cut()
        successor = await self.worker()
        await self.recovered()
        return successor

    async def emit(
        self, count: int, *, fate: str = "", version: int = 1, chunk: int = 50, pause: float = 0
    ) -> None:
        """Commit ``count`` messages to the outbox, ``chunk`` a transaction, and note them as accepted."""
        first, self._next = self._next, self._next + count
        async with await psycopg.AsyncConnection.connect(self.database_url, autocommit=True) as connection:
            for start in range(first, first + count, chunk):
                end = min(start + chunk, first + count)
                self.ledger.doubtful.update(range(start, end))
                await connection.execute(EMIT, (QUEUE, fate, version, start, end - 1))
                self.ledger.accepted.update(range(start, end))
                await asyncio.sleep(pause)

    def hit(self) -> None:
        """Note the moment of a strike."""
        self._struck = time.time()

    async def recovered(self, *, within: float = 60) -> None:
        """Wait until something was applied after the strike; the longest such wait is reported."""
        first = "select extract(epoch from min(at))::float8 from chaos.effects where at > to_timestamp(%s)"
        try:
            await self.until(lambda: self.ask(first, self._struck), within=within)
        except TimeoutError:
            raise AssertionError(f"not recovered: {await self.state()}\n{self.words()}") from None
        self.recovery = max(self.recovery, await self.ask(first, self._struck) - self._struck)

    async def rest(self, *, within: float = 60 + MESSAGES / 1000) -> None:
        """Wait until each accepted message is applied or dead, and nothing is on its way."""
        try:
            await self.until(self._at_rest, within=within)
        except TimeoutError:
            raise AssertionError(f"not at rest: {await self.state()}\n{self.words()}") from None

    async def verdict(self, *, dead: int = 0) -> Balance:
        """Wait for rest, end the runners, count, print and note the result; fail unless it is as promised."""
        await self.rest()
        for runner in self.runners:
            if runner.status is None:
                await runner.stop()
        assert await self.depth() == 0
        balance = await self.balance()
        self.report(str(balance))
        assert (balance.lost, balance.double, balance.ghost, balance.dead) == (0, 0, 0, dead), balance
        return balance

    async def balance(self) -> Balance:
        """What became of all that was accepted until now."""
        return self.ledger.balance(await self.applied(), await self.dead(), self.recovery)

    async def begin_anew(self) -> None:
        """Kill the runners and forget all messages."""
        for runner in self.runners:
            await runner.kill()
        self.ledger, self.runners = Ledger(), []
        await self.do("truncate chaos.effects, messages.outbox, messages.sent, messages.inbox")
        await self.do("truncate messages.failures, messages.dead_letters, messages.dead_letter_actions")
        await self.manage("delete", f"queues/{{vhost}}/{QUEUE}/contents")

    def report(self, line: str) -> None:
        """Print the result of the rows, and note it for the table where one is made."""
        for row in self.carried_out:
            report(row.number, line, time.monotonic() - self._began)

    async def applied(self) -> list[int]:
        """The ids whose effect is there, as often as it is."""
        return [n for (n,) in await self.rows("select n from chaos.effects")]

    async def dead(self) -> list[int]:
        """The ids of dead letters; those that cannot be read count as negative ones of their own."""
        return [n for (n,) in await self.rows("""
            select coalesce((body ->> 'n')::bigint, -id) from messages.dead_letters where state = 'dead'
        """)]  # fmt: skip

    async def depth(self, queue: str = QUEUE) -> int:
        """How many messages are ready in a queue."""
        return await self.direct.depth(queue)

    async def limit_deliveries(self, limit: int) -> None:
        """Have RabbitMQ give messages up after fewer deliveries than the table of queues says."""
        policy: dict[str, Any] = {"pattern": ".*", "definition": {"delivery-limit": limit}}
        await self.manage("put", "policies/{vhost}/limit", **policy)
        self._stack.push_async_callback(self.manage, "delete", "policies/{vhost}/limit")

    async def manage(self, method: str, path: str, **body: Any) -> None:
        """Ask RabbitMQ's management for something in this row's virtual host."""
        url = f"{self.management_url}/api/{path.format(vhost=self.amqp_url.rpartition('/')[2])}"
        async with aiohttp.ClientSession(raise_for_status=True) as http:
            await http.request(method, url, json=body)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish past the outbox, and have each confirmed."""
        await self.direct.publishable.wait()
        assert set(await self.direct.publish(messages)) <= {Outcome.CONFIRMED}

    async def state(self) -> dict[str, Any]:
        """Where messages are."""
        counts = {
            table: await self.ask(f"select count(*) from {table}")
            for table in ("messages.outbox", "messages.inbox", "messages.dead_letters", "chaos.effects")
        }
        return {**counts, "accepted": len(self.ledger.accepted), "ready": await self.depth()}

    def words(self) -> str:
        """The last words of the runners."""
        return "\n".join(f"{one.name} {one.status}: {one.words()[-1500:]}" for one in self.runners)

    async def ask(self, sql: str, *parameters: Any) -> Any:
        """The first value of the first row."""
        return (await self.rows(sql, *parameters))[0][0]

    async def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """All rows."""
        return await (await self._execute(sql, parameters)).fetchall()

    async def do(self, sql: str) -> None:
        """Run statements."""
        await self._execute(sql, None)

    async def _execute(self, sql: Any, parameters: Sequence[Any] | None) -> psycopg.AsyncCursor[Any]:
        """Run on the connection there is; on a new one after a strike at it, or with another server."""
        url = self.database_url
        if self._connection is not None and self._connection[0] == url:
            with suppress(psycopg.OperationalError):
                return await self._connection[1].execute(sql, parameters)
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        if self._connection is not None:
            await self._connection[1].close()
        self._connection = url, connection
        return await connection.execute(sql, parameters)

    async def until(self, check: Callable[[], Awaitable[Any]], *, within: float = 60) -> None:
        """Wait until ``check`` answers something true."""
        async with asyncio.timeout(within):
            while not await check():
                await asyncio.sleep(0.05)

    async def _at_rest(self) -> bool:
        counted = await self.ask("""
            select not exists (select from messages.outbox) and (
                (select count(*) from chaos.effects) + (
                    select count(*) from messages.dead_letters where state = 'dead'
                ) >= %s
            )
        """, len(self.ledger.accepted))  # fmt: skip
        if not counted or await self.depth():
            return False
        return self.ledger.balance(await self.applied(), await self.dead(), 0).lost == 0


def report(number: str, line: str, seconds: float) -> None:
    """Print the result of a row, and note it for the table where one is made."""
    print(f"row {number}: {line}")
    if file := os.environ.get("CHAOS_RESULTS"):
        with Path(file).open("a") as results:
            results.write(json.dumps([number, line, round(seconds, 1)]) + "\n")
