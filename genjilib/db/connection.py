"""One connection: what is prepared on it, how each statement's rows are read, and how a statement runs."""

import asyncio
import select
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any, Final, TypeVar

import psycopg
from psycopg import AsyncConnection, generators, pq, waiting
from psycopg.abc import PQGen, Transformer
from psycopg.adapt import Transformer as PsycopgTransformer

from genjilib.core.errors import Unavailable
from genjilib.db import observe
from genjilib.db.statement import Answer, AnyStatement, Text

BINARY: Final = pq.Format.BINARY
KEEPALIVE: Final[dict[str, Any]] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""What libpq is told, so that a network that went silent is noticed after 25 seconds."""
STALE: Final = ("0A000", "26000")
"""SQLSTATEs of a prepared statement whose result type changed or that the server forgot."""

_BATCH: Final = 500
"""Rows of a batch that travel together."""
_GIVE_UP: Final = 5.0
"""Seconds that PostgreSQL has to end a statement whose caller went away."""
_LOOK: Final = 0.1
"""Seconds after which psycopg looks whether it was interrupted."""
T = TypeVar("T")
INTRANS: Final = pq.TransactionStatus.INTRANS
_OK: Final = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Connection(AsyncConnection[Any]):
    """A psycopg connection that remembers what is prepared on it and how to read each statement's rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what psycopg gives; start with nothing prepared."""
        super().__init__(*args, **kwargs)
        self.prepared: set[bytes] = set()
        self.transformers: dict[bytes, Transformer] = {}
        self._go_on: Callable[[int], None] | None = None
        """What the statement that runs does when the socket is ready."""
        self._fd = -1
        """The socket that is watched: from a transaction's first statement to its end, else for one."""

    def transformer(self, text: Text, result: pq.abc.PGresult, *, fixed: bool) -> Transformer:
        """Return what converts the rows of ``result``.

        The loaders of a prepared text are ``fixed`` once: PostgreSQL refuses to run it with other types.
        """
        transformer = self.transformers.get(text.name) if fixed else None
        if transformer is None:
            transformer = PsycopgTransformer(self)
            transformer.set_loader_types([result.ftype(i) for i in range(result.nfields)], BINARY)
            if fixed:
                self.transformers[text.name] = transformer
        transformer.set_pgresult(result, set_loaders=False)
        return transformer

    async def answer(self, exchange: Generator[Any, Any, T]) -> T:
        """Do what ``wait`` does, with the socket watched once and not anew for each piece of the answer."""
        try:
            wanted = next(exchange)
        except StopIteration as done:
            return done.value
        except Exception:
            self._let_go()
            raise
        try:
            return await self._watched(exchange, wanted)
        except asyncio.CancelledError:
            await self._give_up(exchange)
            raise

    async def _watched(self, exchange: Generator[Any, Any, T], wanted: int) -> T:
        """Go on with ``exchange`` whenever the socket is ready.

        A transaction keeps it watched from one statement to the next. Else it is let go where the exchange
        ends and not when the caller comes to run: libpq has closed the socket of a lost connection by then,
        and its number may be that of another connection, which would wait for ever.
        """
        loop, fd = asyncio.get_running_loop(), self.pgconn.socket
        answer: asyncio.Future[T] = loop.create_future()
        writing = False

        def watch(wanted: int) -> None:
            nonlocal writing
            if bool(wanted & waiting.WAIT_W) != writing:
                writing = not writing
                if writing:
                    loop.add_writer(fd, go_on, waiting.READY_W)
                else:
                    loop.remove_writer(fd)

        def go_on(ready: int) -> None:
            if answer.done():
                return
            try:
                wanted = exchange.send(ready)
                while _is_broken(fd):
                    wanted = exchange.send(waiting.READY_RW)
                watch(wanted)
            except StopIteration as done:
                self._go_on = None
                if writing or self.pgconn.transaction_status != INTRANS or _is_broken(fd):
                    self._let_go()
                answer.set_result(done.value)
            except Exception as error:
                self._let_go()
                answer.set_exception(error)

        self._go_on = go_on
        if self._fd < 0:
            self._fd = fd
            loop.add_reader(fd, self._ready)
        watch(wanted)
        try:
            return await answer
        finally:
            if answer.cancelled():
                self._let_go()

    def _ready(self) -> None:
        if self._go_on is None:  # nobody asked: it is lost, which the next statement finds out
            self._let_go()
        else:
            self._go_on(waiting.READY_R)

    def _let_go(self) -> None:
        """Watch the socket no more; whoever else waits for it watches it in a way of its own."""
        self._go_on = None
        if self._fd >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._fd)
            loop.remove_writer(self._fd)
            self._fd = -1

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = _LOOK,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> T:
        """Wait as psycopg does, which watches the socket anew for each piece of the answer."""
        self._let_go()
        return await super().wait(gen, interval, timeout)

    async def _give_up(self, exchange: Generator[Any, Any, Any]) -> None:
        """End the statement of a caller who went away; where that fails, the connection is closed."""
        if self.pgconn.transaction_status != pq.TransactionStatus.ACTIVE:
            return
        try:
            async with asyncio.timeout(_GIVE_UP):
                await self.cancel_safe()
                await self._watched(exchange, waiting.WAIT_R)
        except BaseException as error:
            self.pgconn.finish()
            if not isinstance(error, Exception):
                raise

    async def forget(self) -> None:
        """Drop all prepared statements: the tables under one of them changed, or the server forgot it."""
        self.prepared.clear()
        self.transformers.clear()
        await self.execute("deallocate all")


def _is_broken(fd: int) -> bool:
    """Whether a socket was reset: uvloop tells that once, and nothing that is left to read after it."""
    look = select.poll()
    look.register(fd, 0)
    return bool(look.poll(0))


@dataclass(frozen=True, slots=True)
class How:
    """How statements are run: by name or without (for transaction poolers), and from when one is slow."""

    prepare: bool = True
    slow: float = 1.0


async def run(
    connection: Connection,
    statement: AnyStatement,
    text: Text,
    parameters: list[bytes | None],
    how: How,
    *,
    retry: bool,
    opening: bool = False,
    closing: bool = False,
) -> Answer:
    """Run one text on a connection that nobody shares; ``retry`` when no transaction would be lost by it.

    With ``opening`` it begins a transaction and with ``closing`` it commits it, in the same round trip.
    """
    started = perf_counter()
    try:
        async with connection.lock:
            if opening or closing:
                exchange = _enclosed(connection, text, parameters, how, opening, closing)
            elif how.prepare:
                exchange = _prepared(connection, text, parameters)
            else:
                exchange = _unnamed(connection, text, parameters)
            result = await connection.answer(exchange)
        if result.status not in _OK:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
    except psycopg.Error as error:
        if error.sqlstate in STALE:
            if retry:
                await connection.forget()
                return await run(connection, statement, text, parameters, how, retry=False)
            # The transaction is lost, but a later one, on a fresh connection, will do.
            await connection.close()
            raise Unavailable("The database was changed. Try again.", after=1, code="busy") from error
        observe.refuse(statement, text, error)
    observe.answered(statement, perf_counter() - started, result, slow=how.slow)
    return result, connection.transformer(text, result, fixed=how.prepare)


async def command(connection: Connection, text: bytes) -> bytes | None:
    """Run what begins or ends a transaction, and return what PostgreSQL calls that which it did."""
    async with connection.lock:
        result = await connection.answer(_said(connection, text))
    if result.status not in _OK:
        raise psycopg.errors.error_from_result(result, encoding="utf-8")
    return result.command_status


async def run_batch(
    connection: Connection,
    statement: AnyStatement,
    text: Text,
    rows: Iterable[list[bytes | None]],
    how: How,
) -> int:
    """Run one text with each of ``rows`` inside a transaction; return how many rows were written.

    They travel in pipelines of ``_BATCH``: a round trip for each of those and not for each row.
    """
    started, written, first = perf_counter(), 0, 0
    iterator = iter(rows)
    result: pq.abc.PGresult | None = None
    while chunk := list(islice(iterator, _BATCH)):
        async with connection.lock:
            results = await connection.wait(_pipelined(connection, text, chunk, how))
        for index, result in enumerate(results, first):
            if result.status not in _OK:
                error = psycopg.errors.error_from_result(result, encoding="utf-8")
                error.add_note(f"with row {index} of the batch, counted from 0")
                observe.refuse(statement, text, error)
            written += result.command_tuples or 0
        first += len(chunk)
    if result is not None:
        observe.answered(statement, perf_counter() - started, result, slow=how.slow)
    return written


def _pipelined(
    connection: Connection, text: Text, chunk: list[list[bytes | None]], how: How
) -> Generator[Any, Any, list[pq.abc.PGresult]]:
    pgconn = connection.pgconn
    if how.prepare and text.name not in connection.prepared:
        result = yield from _preparation(connection, text)
        if result.status not in _OK:
            return [result]

    def send() -> None:
        for parameters in chunk:
            if how.prepare:
                pgconn.send_query_prepared(text.name, parameters, None, BINARY)
            else:
                pgconn.send_query_params(text.sql, parameters, None, None, BINARY)
        pgconn.pipeline_sync()

    pgconn.enter_pipeline_mode()
    try:
        answers = yield from generators.pipeline_communicate(pgconn, deque([send]))
        yield from generators.send(pgconn)
        while len(answers) <= len(chunk):  # one for each row, and one for the synchronisation point
            answers.append((yield from generators.fetch_many(pgconn)))
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    return [answer[0] for answer in answers[:-1]]


def _said(connection: Connection, text: bytes) -> Generator[Any, Any, pq.abc.PGresult]:
    connection.pgconn.send_query_params(text, None)
    (result,) = yield from generators.execute(connection.pgconn)
    return result


def _preparation(connection: Connection, text: Text) -> Generator[Any, Any, pq.abc.PGresult]:
    connection.pgconn.send_prepare(text.name, text.sql)
    (result,) = yield from generators.execute(connection.pgconn)
    if result.status in _OK:
        connection.prepared.add(text.name)
    return result


def _prepared(
    connection: Connection, text: Text, parameters: list[bytes | None]
) -> Generator[Any, Any, pq.abc.PGresult]:
    pgconn = connection.pgconn
    if text.name not in connection.prepared:
        result = yield from _preparation(connection, text)
        if result.status not in _OK:
            return result
    pgconn.send_query_prepared(text.name, parameters, None, BINARY)
    (result,) = yield from generators.execute(pgconn)
    return result


def _enclosed(
    connection: Connection,
    text: Text,
    parameters: list[bytes | None],
    how: How,
    opening: bool,
    closing: bool,
) -> Generator[Any, Any, pq.abc.PGresult]:
    """Begin, run and commit in one pipeline; return the statement's result, or the first that is no good."""
    pgconn = connection.pgconn
    if how.prepare and text.name not in connection.prepared:
        result = yield from _preparation(connection, text)
        if result.status not in _OK:
            return result
    pgconn.enter_pipeline_mode()
    try:
        if opening:
            pgconn.send_query_params(b"begin", None)
        if how.prepare:
            pgconn.send_query_prepared(text.name, parameters, None, BINARY)
        else:
            pgconn.send_query_params(text.sql, parameters, None, None, BINARY)
        if closing:
            pgconn.send_query_params(b"commit", None)
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        answers: list[pq.abc.PGresult] = []
        for _ in range(opening + closing + 2):  # the last is the synchronisation point
            answers += yield from generators.fetch_many(pgconn)
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    failed = (answer for answer in answers[:-1] if answer.status not in _OK)
    return next(failed, answers[opening])


def _unnamed(
    connection: Connection, text: Text, parameters: list[bytes | None]
) -> Generator[Any, Any, pq.abc.PGresult]:
    connection.pgconn.send_query_params(text.sql, parameters, None, None, BINARY)
    (result,) = yield from generators.execute(connection.pgconn)
    return result
