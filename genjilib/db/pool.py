"""The database as the rest of the program sees it: single statements, and transactions.

Reads that are a single statement travel on shared connections (``genjilib.db.pipeline``). Writes,
transactions, statements declared slow, and reads while no shared connection is up take one of a pool each.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from functools import partial
from time import perf_counter
from typing import Any, Final, Self

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from genjilib.core import metrics
from genjilib.core.errors import Unavailable
from genjilib.core.settings import Settings
from genjilib.db import adapt, constraints, observe, scan
from genjilib.db.connection import KEEPALIVE, STALE, Connection, How, run
from genjilib.db.pipeline import Lost, Pipeline, Pipelines
from genjilib.db.replica import Replica
from genjilib.db.statement import Answer, Statement, Text
from genjilib.db.transaction import Tx, transact

_READ_ONLY: Final = "25006"
"""SQLSTATE of a statement that locks, or that writes though its header does not say so."""
_READY: Final = Text("ready", scan.Compiled("select 1 /* ready */", (), ()), ())
_IN_THE_WAY: Final = "40001"
"""SQLSTATE of a read on a standby that kept replay waiting for too long."""
_transaction_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class Db:
    """The database: single statements, and transactions."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        pipelines: Pipelines | None = None,
        how: How | None = None,
        replica: Replica | None = None,
    ) -> None:
        """Use connections of ``pool``, and for reads those of ``replica`` or ``pipelines``."""
        self._pool = pool
        self._pipelines = pipelines
        self._how = how or How()
        self._replica = replica

    @classmethod
    def open(
        cls, settings: Settings, *, name: str, replica: bool = False
    ) -> AbstractAsyncContextManager[Self]:
        """Open the connections of ``settings`` for the runner called ``name``; see ``connect``.

        With ``replica`` its reads may be ``database_replica_lag`` seconds old, where there is a standby.
        """
        standby = settings.database_replica_url if replica else None
        return cls.connect(
            settings.database_url.get_secret_value(),
            name=name,
            replica_url=standby.get_secret_value() if standby else None,
            replica_lag=settings.database_replica_lag,
            size=settings.database_pool_size,
            pipelines=settings.database_pipelines,
            statement_timeout=settings.statement_timeout,
            how=How(settings.database_prepare, settings.slow_query),
        )

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        url: str,
        *,
        name: str,
        size: int = 10,
        pipelines: int = 2,
        statement_timeout: float = 30,
        how: How | None = None,
        replica_url: str | None = None,
        replica_lag: float = 1,
    ) -> AsyncGenerator[Self]:
        """Open a pool of ``size`` connections to ``url`` and ``pipelines`` shared ones; close all at the end.

        PostgreSQL shows them as ``genji-<name>`` and ends a statement after ``statement_timeout`` seconds.
        Does not wait for PostgreSQL: while it is away, statements raise ``Unavailable``.
        """
        how = how or How()
        options: dict[str, Any] = {
            "autocommit": True,
            # Statements that psycopg prepared by itself make it deallocate ours too at a rollback.
            "prepare_threshold": None,
            "application_name": f"genji-{name}",
            **KEEPALIVE,
            # To start a second process for a statement takes longer than our statements do.
            "options": "-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0"
            " -c client_connection_check_interval=1s"
            # The same for PostgreSQL, which frees what somebody had locked who cannot be reached any more.
            " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
            f" -c statement_timeout={round(statement_timeout * 1000)}",
        }
        if how.prepare:
            # Statements are written for one plan that fits all values; to plan anew costs more than to run.
            options["options"] += " -c plan_cache_mode=force_generic_plan"
        pool = AsyncConnectionPool(
            url,
            connection_class=Connection,
            kwargs=options,
            min_size=min(2, size),
            max_size=size,
            configure=adapt.configure,
            timeout=5,
            reconnect_timeout=0,
            open=False,
        )

        read_only = dict(options, options=f"{options['options']} -c default_transaction_read_only=on")

        async def connect(to: str) -> Connection:
            connection = await Connection.connect(to, **read_only)
            await adapt.configure(connection)
            return connection

        def lines(to: str) -> Pipelines:
            return Pipelines(
                partial(connect, to), size=pipelines, prepare=how.prepare, limit=statement_timeout
            )

        shared, replica = lines(url), None
        if replica_url:
            both = partial(connect, url), partial(connect, replica_url)
            replica = Replica(lines(replica_url), *both, lag=replica_lag)
            replica.start()
        await pool.open(wait=False)
        shared.start()
        try:
            yield cls(pool, shared, how, replica)
        finally:
            await shared.stop()
            if replica:
                await replica.stop()
            await pool.close()

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Answer:
        """Run one statement as its own transaction."""
        _refuse_inside_transaction()
        if statement.shared:
            pipeline = (self._replica and self._replica.pick()) or (
                self._pipelines and self._pipelines.pick()
            )
            answer = pipeline and await self._share(pipeline, statement, text, parameters)
            if answer:
                return answer
        if self._replica and not statement.shared:  # it writes, or was just found to, or nobody knows
            return await self._write(self._replica, statement, text, parameters)
        return await self._alone(statement, text, parameters)

    async def _write(
        self, replica: Replica, statement: Statement[Any], text: Text, parameters: list[bytes | None]
    ) -> Answer:
        try:
            return await self._alone(statement, text, parameters)
        finally:
            replica.wrote()

    async def _alone(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Answer:
        async with self._connection() as connection:
            try:
                return await run(connection, statement, text, parameters, self._how, retry=True)
            except Unavailable:
                if not (statement.reads and connection.broken):
                    raise
        # It was lost while it lay in the pool; to read again hurts nobody.
        async with self._connection() as connection:
            return await run(connection, statement, text, parameters, self._how, retry=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """Open a transaction; it commits when the block ends and rolls back when an exception leaves it."""
        async with self._connection() as connection:
            token = _transaction_open.set(True)
            try:
                async with transact(connection, self._how) as tx:
                    yield tx
            except psycopg.Error as error:
                raise constraints.translate(error) or error from error
            finally:
                _transaction_open.reset(token)
                if self._replica:
                    self._replica.wrote()

    async def ready(self) -> None:
        """Raise ``Unavailable`` unless PostgreSQL answers within two seconds.

        A shared connection is asked where one is up: that all others are busy is no failure of PostgreSQL.
        """
        _refuse_inside_transaction()
        pipeline = self._pipelines.pick() if self._pipelines else None
        try:
            async with asyncio.timeout(2):
                if pipeline is not None:
                    with suppress(Lost):
                        await pipeline.execute(_READY, [])
                        return
                async with self._connection() as connection:
                    await connection.execute("select 1")
        except (TimeoutError, psycopg.Error) as error:
            raise constraints.away() from error

    async def _share(
        self, pipeline: Pipeline, statement: Statement[Any], text: Text, parameters: list[bytes | None]
    ) -> Answer | None:
        """Run a read on a shared connection; nothing when that cannot answer, but another could."""
        started = perf_counter()
        try:
            answer = await pipeline.execute(text, parameters)
        except Lost:
            return None
        except psycopg.Error as error:
            if error.sqlstate in STALE:
                pipeline.retire()
                return None
            if error.sqlstate == _READ_ONLY:
                statement.shared = False
                return None
            if error.sqlstate == _IN_THE_WAY:
                return None
            observe.refuse(statement, text, error)
        observe.answered(statement, perf_counter() - started, answer[0], slow=self._how.slow)
        return answer

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        _refuse_inside_transaction()
        started = perf_counter()
        connection: Connection | None = None
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
        finally:
            if connection is not None and connection.broken:
                # Those that lie in the pool were perhaps lost with it: nobody else is to find out by failing.
                await self._pool.check()


def _refuse_inside_transaction() -> None:
    if _transaction_open.get():
        raise RuntimeError(
            "use the open transaction: a second connection while holding one can deadlock the pool"
        )


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0
