"""An open transaction: what runs on it, and how it ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import psycopg
from psycopg import pq

from genjilib.db import observe
from genjilib.db.connection import Connection, How, command, run, run_batch
from genjilib.db.statement import Answer, Executor, Statement, Text

_IDLE: Final = pq.TransactionStatus.IDLE


class Tx:
    """An open transaction. Everything run on it commits or rolls back together.

    PostgreSQL hears of it with the first statement, in the same round trip.
    """

    def __init__(self, connection: Connection, how: How) -> None:
        """Run on ``connection``, which is in no transaction yet."""
        self._connection = connection
        self._how = how
        self._cursors = 0
        self._savepoints = 0
        self._closed = False
        self.is_whole = True
        """Whether nothing of it is lost: a commit that was tried has come about."""

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Answer:
        """Run one statement inside the transaction."""
        return await self._run(statement, text, parameters)

    @property
    def closing(self) -> Executor:
        """What commits right behind the statement that it runs, in the same round trip.

        Nothing may follow it. Inside a savepoint the transaction goes on, for somebody else opened it.
        """
        return self if self._savepoints else _Closing(self._close)

    async def _close(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Answer:
        self.is_whole = False
        answer = await self._run(statement, text, parameters, closing=True)
        self.is_whole = self._closed = True
        return answer

    async def _run(
        self,
        statement: Statement[Any],
        text: Text,
        parameters: list[bytes | None],
        *,
        how: How | None = None,
        closing: bool = False,
    ) -> Answer:
        return await run(
            self._connection,
            statement,
            text,
            parameters,
            how or self._how,
            retry=False,
            opening=self._to_begin(),
            closing=closing,
        )

    def _to_begin(self) -> bool:
        if self._closed:
            raise RuntimeError("the transaction was committed already: nothing may follow what closes it")
        return self._connection.pgconn.transaction_status == _IDLE

    async def _begin(self) -> None:
        """Begin, for what cannot do it on its way."""
        if self._to_begin():
            await command(self._connection, b"begin")

    async def stream(
        self, statement: Statement[Any], text: Text, parameters: list[bytes | None], size: int
    ) -> AsyncIterator[Answer]:
        """Give the rows of a statement, ``size`` at a time: a cursor that ends with the transaction."""
        self._cursors += 1
        cursor = f'"{statement.name[:50]}.{self._cursors}"'
        how = replace(self._how, prepare=False)
        declare = text.around(f"declare {cursor} no scroll cursor for ")
        await self._run(statement, declare, parameters, how=how)
        fetch = text.instead(f"fetch {size} from {cursor}")
        while True:
            answer = await self._run(statement, fetch, [], how=how)
            if answer[0].ntuples:
                yield answer
            if answer[0].ntuples < size:
                break
        await self._run(statement, text.instead(f"close {cursor}"), [], how=how)

    async def batch(self, statement: Statement[Any], text: Text, rows: Iterable[list[bytes | None]]) -> int:
        """Run one statement with each of ``rows``; return how many rows were written."""
        await self._begin()
        return await run_batch(self._connection, statement, text, rows, self._how)

    async def copy_in(
        self, statement: Statement[Any], text: Text, target: str, lines: Iterable[bytes]
    ) -> int:
        """Add lines of COPY's text format to ``target``; return how many there were."""
        await self._begin()
        started = perf_counter()
        try:
            async with self._connection.cursor() as cursor:
                async with cursor.copy(f"/* {statement.name} */ copy {target} from stdin".encode()) as copy:
                    for line in lines:
                        await copy.write(line)
                if cursor.pgresult:
                    observe.answered(
                        statement, perf_counter() - started, cursor.pgresult, slow=self._how.slow
                    )
                return cursor.rowcount
        except psycopg.Error as error:
            observe.refuse(statement, text, error)

    async def copy_out(self, statement: Statement[Any], text: Text) -> AsyncIterator[bytes]:
        """Give the rows of a statement as blocks of CSV with a header line."""
        await self._begin()
        try:
            async with (
                self._connection.cursor() as cursor,
                cursor.copy(b"copy (" + text.sql + b") to stdout (format csv, header)") as copy,
            ):
                async for block in copy:
                    yield bytes(block)
        except psycopg.Error as error:
            observe.refuse(statement, text, error)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator["Tx"]:
        """Run what is inside so that its failure undoes only itself."""
        await self._begin()
        self._savepoints += 1
        try:
            async with self._connection.transaction():
                yield self
        finally:
            self._savepoints -= 1


class _Closing:
    """Runs the last statement of a transaction."""

    def __init__(
        self, close: Callable[[Statement[Any], Text, list[bytes | None]], Awaitable[Answer]]
    ) -> None:
        self._close = close

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Answer:
        return await self._close(statement, text, parameters)


@asynccontextmanager
async def transact(connection: Connection, how: How) -> AsyncGenerator[Tx]:
    """Run what is inside as one transaction of ``connection``, which is in none.

    It ends as psycopg's own does, with the socket watched once until then. Nothing is left to do where no
    statement ran, or the last one committed.
    """
    tx = Tx(connection, how)
    try:
        yield tx
    except BaseException:
        if connection.pgconn.status == pq.ConnStatus.OK and connection.pgconn.transaction_status != _IDLE:
            # Where it fails, the pool finds the connection unfit.
            with suppress(psycopg.Error):
                await command(connection, b"rollback")
        raise
    # Where a statement failed, "commit" rolls back, and this is all that tells it.
    if connection.pgconn.transaction_status == _IDLE:
        written = tx.is_whole
    else:
        written = await command(connection, b"commit") == b"COMMIT"
    if not written:
        raise RuntimeError("a swallowed error of a statement: nothing was written; use a savepoint")
