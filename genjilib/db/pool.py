"""Connections: a pool of prepared psycopg connections, single statements and transactions on them."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, generators, pq
from psycopg.abc import Transformer
from psycopg.adapt import Transformer as PsycopgTransformer
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from genjilib.core import log, metrics
from genjilib.core.errors import Unavailable
from genjilib.core.settings import Settings
from genjilib.db import adapt, constraints, observe
from genjilib.db.statement import Executor, Statement, Text

_BINARY = pq.Format.BINARY
_OK = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_STALE_PLAN = ("0A000", "26000")
"""SQLSTATEs of a prepared statement whose result type changed or that the server forgot."""

_logger = log.get_logger(__name__)
_transaction_open: ContextVar[bool] = ContextVar("transaction_open", default=False)

__all__ = ["Connection", "Db", "Executor", "Tx"]


class Connection(AsyncConnection[Any]):
    """A psycopg connection that remembers what is prepared on it and how to read each statement's rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what psycopg gives; start with nothing prepared."""
        super().__init__(*args, **kwargs)
        self.prepared: set[bytes] = set()
        self.transformers: dict[bytes, Transformer] = {}

    async def forget(self) -> None:
        """Drop all prepared statements: the tables under one of them changed, or the server forgot it."""
        self.prepared.clear()
        self.transformers.clear()
        await self.execute("deallocate all")


@dataclass(slots=True)
class _Answer:
    result: pq.abc.PGresult
    transformer: Transformer


@dataclass(frozen=True, slots=True)
class How:
    """How statements are run: by name or without (for transaction poolers), and from when one is slow."""

    prepare: bool = True
    slow: float = 1.0


class Tx:
    """An open transaction. Everything run on it commits or rolls back together."""

    def __init__(self, connection: Connection, how: How) -> None:
        """Run on ``connection``, which is inside a transaction already."""
        self._connection = connection
        self._how = how

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> _Answer:
        """Run one statement inside the transaction."""
        return await _run(self._connection, statement, text, parameters, self._how, retry=False)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator["Tx"]:
        """Run what is inside so that its failure undoes only itself."""
        async with self._connection.transaction():
            yield self


class Db:
    """The database as the rest of the program sees it: single statements, and transactions."""

    def __init__(self, pool: AsyncConnectionPool[Connection], how: How | None = None) -> None:
        """Use connections of ``pool``."""
        self._pool = pool
        self._how = how or How()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, *, name: str) -> AsyncGenerator[Self]:
        """Open the pool of ``settings`` for the runner called ``name``; close it at the end.

        Does not wait for PostgreSQL: while it is away, statements raise ``Unavailable``.
        """
        pool = AsyncConnectionPool(
            settings.database_url.get_secret_value(),
            connection_class=Connection,
            kwargs={
                "autocommit": True,
                # Statements that psycopg prepared by itself make it deallocate ours too at a rollback.
                "prepare_threshold": None,
                "application_name": f"genji-{name}",
                "options": "-c timezone=UTC -c jit=off"
                f" -c statement_timeout={round(settings.statement_timeout * 1000)}",
            },
            min_size=min(2, settings.database_pool_size),
            max_size=settings.database_pool_size,
            configure=adapt.configure,
            timeout=5,
            reconnect_timeout=0,
            open=False,
        )
        await pool.open(wait=False)
        try:
            yield cls(pool, How(settings.database_prepare, settings.slow_query))
        finally:
            await pool.close()

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> _Answer:
        """Run one statement as its own transaction."""
        async with self._connection() as connection:
            return await _run(connection, statement, text, parameters, self._how, retry=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """Open a transaction; it commits when the block ends and rolls back when an exception leaves it."""
        async with self._connection() as connection:
            token = _transaction_open.set(True)
            try:
                async with connection.transaction():
                    yield Tx(connection, self._how)
            except psycopg.Error as error:
                raise constraints.translate(error) or error from error
            finally:
                _transaction_open.reset(token)

    async def ready(self) -> None:
        """Raise ``Unavailable`` unless PostgreSQL answers within two seconds."""
        try:
            async with asyncio.timeout(2), self._connection() as connection:
                await connection.execute("select 1")
        except (TimeoutError, psycopg.Error) as error:
            raise constraints.away() from error

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        if _transaction_open.get():
            raise RuntimeError(
                "use the open transaction: a second connection while holding one can deadlock the pool"
            )
        started = perf_counter()
        try:
            cancelled = _cancellations()
            async with self._pool.connection() as connection:
                if _cancellations() > cancelled:
                    # The pool waits by asyncio.wait_for, which before Python 3.12 forgets a cancellation that
                    # arrives in the moment a connection does.
                    raise asyncio.CancelledError
                metrics.POOL_WAIT_SECONDS.observe(perf_counter() - started)
                yield connection
        except PoolTimeout as error:
            raise constraints.away() from error


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


async def _run(
    connection: Connection,
    statement: Statement[Any],
    text: Text,
    parameters: list[bytes | None],
    how: How,
    *,
    retry: bool,
) -> _Answer:
    started = perf_counter()
    try:
        async with connection.lock:
            exchange = (
                _prepared(connection, text, parameters)
                if how.prepare
                else _unnamed(connection, text, parameters)
            )
            result = await connection.wait(exchange)
        transformer = connection.transformers.get(text.name) or _transformer(connection, text, result)
        if result.status not in _OK:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
    except psycopg.Error as error:
        if error.sqlstate in _STALE_PLAN:
            if retry:
                await connection.forget()
                return await _run(connection, statement, text, parameters, how, retry=False)
            # The transaction is lost, but a later one, on a fresh connection, will do.
            await connection.close()
            raise Unavailable("The database was changed. Try again.", after=1, code="busy") from error
        raise observe.refused(statement, text, error) from error
    observe.answered(statement, perf_counter() - started, result, slow=how.slow)
    transformer.set_pgresult(result, set_loaders=False)
    return _Answer(result, transformer)


def _prepared(
    connection: Connection, text: Text, parameters: list[bytes | None]
) -> Generator[Any, Any, pq.abc.PGresult]:
    pgconn = connection.pgconn
    if text.name not in connection.prepared:
        pgconn.send_prepare(text.name, text.sql)
        (result,) = yield from generators.execute(pgconn)
        if result.status not in _OK:
            return result
        connection.prepared.add(text.name)
    pgconn.send_query_prepared(text.name, parameters, None, _BINARY)
    (result,) = yield from generators.execute(pgconn)
    return result


def _unnamed(
    connection: Connection, text: Text, parameters: list[bytes | None]
) -> Generator[Any, Any, pq.abc.PGresult]:
    connection.pgconn.send_query_params(text.sql, parameters, None, None, _BINARY)
    (result,) = yield from generators.execute(connection.pgconn)
    return result


def _transformer(connection: Connection, text: Text, result: pq.abc.PGresult) -> Transformer:
    """Fix the loaders of a statement's columns once for a connection."""
    transformer = PsycopgTransformer(connection)
    if result.status in _OK:
        transformer.set_loader_types([result.ftype(i) for i in range(result.nfields)], _BINARY)
        connection.transformers[text.name] = transformer
    return transformer
