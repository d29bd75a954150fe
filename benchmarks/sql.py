"""Speed of statements beside other ways to run them, as ratios of one run on one server and its data.

``make bench-sql`` installs the peers and runs this; ``make bench-memory`` runs a million calls and looks at
memory. All give the same Python objects of the same rows, on the same event loop (uvloop).
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import aiosql
import asyncpg
import msgspec
import psutil
import psycopg
import uvloop
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from genjilib.db import Db, Executor
from genjilib.db.connection import Connection, How, run
from genjilib.db.statement import Answer
from genjilib.local.postgres import Postgres
from shop.queries import items

ROUNDS, SLICE = 24, 0.12
"""How often every way has its turn, and for how many seconds."""
SIZE = 10
"""Connections of everybody's pool."""
ROWS = 100_000
MILLION = 1_000_000

Ask = Callable[[int], Awaitable[object]]

GET = items.get.texts[next(iter(items.get.texts))].sql.decode()
PAGE = GET.replace("where id = $1", "where id between $1 and $1 + 999")
NAMED = {"get": GET.replace("$1", ":id"), "page": PAGE.replace("$1", ":id")}
FORMAT = {"get": GET.replace("$1", "%(id)s"), "page": PAGE.replace("$1", "%(id)s")}
QUERY = {"get": GET, "page": PAGE}
Item = items.GetRow


class Thousand(type(items.get)):
    """The statement of a thousand rows, made as ``make sql`` would."""

    async def __call__(self, db: Executor, *, id: int) -> list[Item]:
        """List a thousand items."""
        return await self._many(db, (id,))

    async def json(self, db: Executor, *, id: int) -> bytes:
        """Return the same as JSON."""
        return await self._json_many(db, (id,))


async def main() -> None:
    """Start a server, fill it, and measure."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres = Postgres(Path(folder) / "pg", durable=False)
        await postgres.start()
        try:
            fill(postgres.url())
            thousand = made(Path(folder))
            await (memory if "memory" in sys.argv else measure)(postgres.url(), thousand)
        finally:
            await postgres.stop()


def fill(url: str) -> None:
    """Create the table of the second example, with many rows."""
    schema = Path(__file__).parents[1] / "examples/shop/sql/schema.sql"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(schema.read_bytes())
        connection.execute(
            "insert into shop.items (id, name, stock, weight, note)"
            " select n, 'item ' || n, n %% 50, n / 8.0, case when n %% 2 = 0 then 'a note of item ' || n end"
            " from generate_series(1, %s) as n",
            [ROWS + 1000],
        )
        connection.execute("vacuum analyze shop.items")


def made(folder: Path) -> Thousand:
    """Write the query of a thousand rows as a file and load it."""
    path = folder / "queries/items/thousand.sql"
    path.parent.mkdir(parents=True)
    path.write_text(f"-- List a thousand items.\n{NAMED['page']}\n")
    return Thousand(folder, "items/thousand.sql", Item, {"id": "bigint"}, items.get.columns)


async def measure(url: str, thousand: Thousand) -> None:
    """Print a table for each case."""
    async with AsyncExitStack() as stack:
        one, pools = await open_all(stack, url, thousand)
        show("one row by key, 1 caller", await compared(one["get"], 1), "psycopg, one connection")
        for callers in (1, 16, 64):
            found = await compared(pools["get"], callers)
            show(f"one row by key, pools, {callers} callers", found, "asyncpg's pool")
        show("1,000 rows, 1 caller", await compared(one["page"], 1), "psycopg, one connection")
        show("1,000 rows as JSON, 16 callers", await compared(pools["json"], 16), "asyncpg's pool")


async def memory(url: str, thousand: Thousand) -> None:
    """Print the resident memory along a million calls of every kind."""
    process = psutil.Process()
    async with Db.connect(url, name="bench", size=SIZE) as db:
        asks: list[Ask] = [
            lambda n: items.get(db, id=n),
            lambda n: items.get.json(db, id=n),
            lambda n: items.page(db, at_least=n % 50, size=2) if n % 1000 == 0 else items.get(db, id=n),
            lambda n: thousand.json(db, id=n) if n % 50 == 0 else items.get(db, id=n),
        ]
        start, done = perf_counter(), 0

        async def caller(offset: int) -> None:
            nonlocal done
            while done < MILLION:
                done += 1
                await asks[done % 4](1 + (done * 7 + offset) % ROWS)
                if done % (MILLION // 10) == 0:
                    megabytes = process.memory_info().rss / 1e6
                    print(
                        f"{done:9,} calls {megabytes:8.1f} MB {done / (perf_counter() - start):8,.0f}/s",
                        flush=True,
                    )

        await asyncio.gather(*(caller(n) for n in range(16)))


async def open_all(
    stack: AsyncExitStack, url: str, thousand: Thousand
) -> tuple[dict[str, dict[str, Ask]], dict[str, dict[str, Ask]]]:
    """Open a connection and a pool of everybody; return by case what asks for an item or a page."""
    one: dict[str, dict[str, Ask]] = {"get": {}, "page": {}}
    pools: dict[str, dict[str, Ask]] = {"get": {}, "json": {}}
    enter = stack.enter_async_context
    encode = msgspec.json.encode

    raw = await enter(await psycopg.AsyncConnection.connect(url, autocommit=True))
    raw_pool = await enter(
        AsyncConnectionPool(url, min_size=SIZE, max_size=SIZE, kwargs={"autocommit": True}, open=False)
    )

    def psycopg_ask(query: str, id: int, connection: Any = raw) -> Awaitable[list[Item]]:
        return psycopg_rows(connection, FORMAT[query], id)

    async def psycopg_pool(query: str, id: int) -> list[Item]:
        async with raw_pool.connection() as connection:
            return await psycopg_rows(connection, FORMAT[query], id)

    for query in one:
        one[query]["psycopg, one connection"] = partial(psycopg_ask, query)
    pools["get"]["psycopg's pool"] = partial(psycopg_pool, "get")
    pools["json"]["psycopg's pool"] = encoded(partial(psycopg_pool, "page"))

    apg = await asyncpg.connect(url)
    stack.push_async_callback(apg.close)
    apg_pool = await enter(asyncpg.create_pool(url, min_size=SIZE, max_size=SIZE))

    async def asyncpg_rows(source: Any, query: str, id: int) -> list[Item]:
        return [Item(*row) for row in await source.fetch(QUERY[query], id)]

    for query in one:
        one[query]["asyncpg, one connection"] = partial(asyncpg_rows, apg, query)
    pools["get"]["asyncpg's pool"] = partial(asyncpg_rows, apg_pool, "get")
    pools["json"]["asyncpg's pool"] = encoded(partial(asyncpg_rows, apg_pool, "page"))

    loaded = aiosql.from_str(
        f"-- name: get(id)\n{NAMED['get']};\n\n-- name: page(id)\n{NAMED['page']};\n", "apsycopg"
    )

    async def aiosql_rows(connection: Any, query: str, id: int) -> list[Item]:
        return [Item(*row) async for row in getattr(loaded, query)(connection, id=id)]

    async def aiosql_pool(query: str, id: int) -> list[Item]:
        async with raw_pool.connection() as connection:
            return await aiosql_rows(connection, query, id)

    for query in one:
        one[query]["aiosql, one connection"] = partial(aiosql_rows, raw, query)
    pools["get"]["aiosql on psycopg's pool"] = partial(aiosql_pool, "get")

    engine = create_async_engine(
        url.replace("postgres://", "postgresql+psycopg://"),
        pool_size=SIZE,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
    )
    stack.push_async_callback(engine.dispose)
    core = await enter(engine.connect())
    texts = {query: text(sql) for query, sql in NAMED.items()}

    async def core_rows(connection: Any, query: str, id: int) -> list[Item]:
        return [Item(*row) for row in await connection.execute(texts[query], {"id": id})]

    async def core_pool(query: str, id: int) -> list[Item]:
        async with engine.connect() as connection:
            return await core_rows(connection, query, id)

    for query in one:
        one[query]["SQLAlchemy Core, one connection"] = partial(core_rows, core, query)
    pools["get"]["SQLAlchemy Core's pool"] = partial(core_pool, "get")

    db = await enter(Db.connect(url, name="bench", size=SIZE))
    alone = Alone(await enter(await Connection.connect(url, autocommit=True)))
    await asyncio.sleep(1)
    one["get"]["ours, one connection"] = lambda id: items.get(alone, id=id)
    one["page"]["ours, one connection"] = lambda id: thousand(alone, id=id)
    pools["get"]["ours"] = lambda id: items.get(db, id=id)
    pools["json"]["ours, objects and msgspec"] = encoded(lambda id: thousand(db, id=id))
    pools["json"]["ours, .json"] = lambda id: thousand.json(db, id=id)
    one["get"]["ours, shared"] = pools["get"]["ours"]
    one["page"]["ours, shared"] = lambda id: thousand(db, id=id)
    assert await one["get"]["ours, one connection"](7) == (await one["get"]["asyncpg, one connection"](7))[0]
    assert encode(await one["page"]["ours, one connection"](7)) == encode(
        await one["page"]["SQLAlchemy Core, one connection"](7)
    )
    return one, pools


class Alone:
    """Our statements on one connection that nobody shares."""

    def __init__(self, connection: Connection) -> None:
        """Run on ``connection``."""
        self._connection = connection

    async def execute(self, statement: Any, text: Any, parameters: list[bytes | None]) -> Answer:
        """Run one statement as its own transaction."""
        return await run(self._connection, statement, text, parameters, How(), retry=False)


async def psycopg_rows(connection: Any, sql: str, id: int) -> list[Item]:
    """Run a prepared statement with binary results, as one would who wants speed from psycopg itself."""
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(sql, {"id": id}, prepare=True)
        return [Item(*row) for row in await cursor.fetchall()]


def encoded(ask: Ask) -> Ask:
    """Return the same with the rows encoded as JSON."""

    async def both(id: int) -> bytes:
        return msgspec.json.encode(await ask(id))

    return both


Found = dict[str, list[tuple[float, float]]]


async def compared(ways: dict[str, Ask], callers: int) -> Found:
    """Let the ways take turns, each first once in a while; tell calls and CPU seconds a call of each turn."""
    names, turns = list(ways), Found({name: [] for name in ways})
    for turn in range(ROUNDS + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            one = await taken(ways[name], callers)
            if turn:  # the first one warms up
                turns[name].append(one)
    return turns


async def taken(ask: Ask, callers: int) -> tuple[float, float]:
    """One turn of so many callers, each of whom asks again when it has its answer."""
    start, cpu = perf_counter(), process_time()
    end, done = start + SLICE, 0

    async def caller(id: int) -> None:
        nonlocal done
        while perf_counter() < end:
            await ask(id)
            done += 1
            id = 1 + id * 31 % ROWS

    await asyncio.gather(*(caller(1 + n * 997) for n in range(callers)))
    return done / (perf_counter() - start), (process_time() - cpu) / done


def show(title: str, found: Found, base: str) -> None:
    """Print medians of calls a second and of our CPU time a call, and of the ratios to ``base`` in a turn."""
    print(f"\n{title}")
    for name, turns in found.items():
        rate, cpu = (statistics.median(one) for one in zip(*turns, strict=True))
        pairs = zip(turns, found[base], strict=True)
        faster, dearer = zip(*((ours[0] / its[0], ours[1] / its[1]) for ours, its in pairs), strict=True)
        calls = f"{rate:9,.0f}/s {statistics.median(faster):6.2f} ×"
        print(f"  {name:34} {calls} {cpu * 1e6:9,.1f} µs CPU {statistics.median(dearer):6.2f} ×", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
