"""Shared connections: the reads of all callers travel on a few connections in libpq's pipeline mode.

A read is one prepared statement in autocommit. Callers of the same turn of the event loop share one
synchronisation point, so one system call sends all of them, and libpq answers in order. A failure aborts what
stands behind it up to that point: those reads are sent again, and only the caller who caused it hears of it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import chain
from time import monotonic
from typing import Final

import psycopg
from psycopg import pq

from genjilib.core import log, metrics
from genjilib.db.connection import BINARY, Connection
from genjilib.db.statement import Answer, Text

_TUPLES_OK: Final = int(pq.ExecStatus.TUPLES_OK)
_COMMAND_OK: Final = int(pq.ExecStatus.COMMAND_OK)
_ABORTED: Final = int(pq.ExecStatus.PIPELINE_ABORTED)
_GOODBYE: Final = ("57P01", "57P02", "57P03", "57P05", "08006", "08003")
"""SQLSTATEs with which a server says goodbye: the connection is lost, not the statement wrong."""
_GRACE: Final = 5.0
"""Seconds beyond PostgreSQL's own time limit after which a silent connection counts as lost."""
_BUSY: Final = 0.1
"""Seconds of silence after which new reads go elsewhere: a long statement is in front of them."""
_FULL: Final = 14
"""Statements on their way on one connection from which on the next one takes part."""
_SLOW: Final = 0.005
"""Seconds of silence after which it does so as well."""
_LOOK: Final = 1.0
"""Seconds between two looks at the connections."""
_MOST_DELAY: Final = 5.0
"""The longest wait, in seconds, for a connection and between two attempts at one."""

_logger = log.get_logger(__name__)


class Lost(Exception):
    """The connection went away before it answered; a read may be sent again on another one."""


class _Preparation:
    """The answer to a statement's preparation, which travels in front of its first use."""

    __slots__ = ("name",)

    def __init__(self, name: bytes) -> None:
        self.name = name


class _Call:
    """A statement on its way: where its answer goes, and what to send again after a neighbour's failure."""

    __slots__ = ("future", "parameters", "text")

    def __init__(
        self, text: Text, parameters: list[bytes | None], future: "asyncio.Future[pq.abc.PGresult]"
    ) -> None:
        self.text, self.parameters, self.future = text, parameters, future


class Pipeline:
    """One shared connection; callers never wait for each other to begin."""

    def __init__(self, connection: Connection, *, prepare: bool, limit: float) -> None:
        """Take ``connection`` into pipeline mode; ``limit`` is the longest silence allowed (s)."""
        self._connection = connection
        self._pgconn = connection.pgconn
        self._prepare = prepare
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Call | _Preparation | None] = deque()
        """What libpq will answer, in order; ``None`` stands for a synchronisation point."""
        self._held: deque[_Call] = deque()
        """Calls that wait until all is answered. A transaction pooler gives the server to another client at a
        synchronisation point, and that one would get the answers to what was sent too early."""
        self._owed = 0
        """Synchronisation points that are not answered yet."""
        self._scheduled = self._writing = False
        self._heard = 0.0
        self._fd = self._pgconn.socket
        self.in_flight = 0
        self.open = True
        """Whether new statements may be given to it."""
        self._pgconn.nonblocking = 1
        self._pgconn.enter_pipeline_mode()
        self._loop.add_reader(self._fd, self._read)

    async def execute(self, text: Text, parameters: list[bytes | None]) -> Answer:
        """Run one text; raise psycopg's error of a refusal, or ``Lost``."""
        future: asyncio.Future[pq.abc.PGresult] = self._loop.create_future()
        call = _Call(text, parameters, future)
        if self._owed and not self._prepare:
            self._hold([call])
        else:
            self._send(call)
            if not self._scheduled:
                self._scheduled = True
                self._loop.call_soon(self._flush)
        result = await future
        return result, self._connection.transformer(text, result, fixed=self._prepare)

    @property
    def closed(self) -> bool:
        """Whether the connection is given up."""
        return self._fd < 0

    def silence(self) -> float:
        """Return for how many seconds PostgreSQL has owed an answer without a word."""
        return monotonic() - self._heard if self._waiting else 0.0

    def abandoned(self) -> bool:
        """Whether nobody waits any more for what is on its way."""
        on_their_way = (call for call in self._waiting if isinstance(call, _Call))
        return all(call.future.done() for call in chain(on_their_way, self._held))

    def look_after(self) -> None:
        """Close the connection where waiting for it has no point any more.

        PostgreSQL ends what still runs on it within a second (``client_connection_check_interval``).
        """
        silence = self.silence()
        if silence > self._limit:
            self.close("PostgreSQL is silent")
        elif silence > _LOOK and self.abandoned():
            self.close("all callers went away")
        elif silence > _LOOK:
            # uvloop tells of a reset once: perhaps with the last that was heard, and then never again.
            self._read(news=False)

    def retire(self) -> None:
        """Take no new statements; close when the last answer has come."""
        self.open = False
        if not self._waiting:
            self.close("it was retired")

    def close(self, reason: str) -> None:
        """Give the connection up; whoever waits is told that it is lost, and why."""
        self.open = False
        if self.closed:
            return
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._fd = -1
        self._pgconn.finish()
        waiting, self._waiting = [*self._waiting, *self._held], deque()
        self._held.clear()
        for call in waiting:
            if isinstance(call, _Call) and not call.future.done():
                call.future.set_exception(Lost(reason))

    def _send(self, call: _Call) -> None:
        if self.closed:
            call.future.set_exception(Lost("it was closed"))
            return
        if not self._waiting:
            self._heard = monotonic()
        self.in_flight += 1
        text, prepared = call.text, self._connection.prepared
        try:
            if not self._prepare:
                self._pgconn.send_query_params(text.sql, call.parameters, None, None, BINARY)
            else:
                if text.name not in prepared:
                    self._pgconn.send_prepare(text.name, text.sql)
                    prepared.add(text.name)
                    self._waiting.append(_Preparation(text.name))
                self._pgconn.send_query_prepared(text.name, call.parameters, None, BINARY)
            self._waiting.append(call)
        except psycopg.OperationalError as error:
            self._waiting.append(call)
            self.close(str(error))

    def _synchronise(self) -> None:
        self._pgconn.pipeline_sync()
        self._waiting.append(None)
        self._owed += 1

    def _flush(self) -> None:
        self._scheduled = False
        if self.closed:
            return
        try:
            self._synchronise()
            self._push()
        except psycopg.OperationalError as error:
            self.close(str(error))

    def _push(self) -> None:
        """Send what libpq holds; while the socket is full, go on when it is not."""
        more = bool(self._pgconn.flush())
        if more != self._writing:
            self._writing = more
            if more:
                self._loop.add_writer(self._fd, self._write)
            else:
                self._loop.remove_writer(self._fd)

    def _write(self) -> None:
        try:
            self._push()
        except psycopg.OperationalError as error:
            self.close(str(error))

    def _read(self, *, news: bool = True) -> None:
        """Take what has come; ``news`` when the event loop says that something has."""
        pgconn, waiting = self._pgconn, self._waiting
        aborted: list[_Call] = []
        try:
            pgconn.consume_input()
            while waiting and not pgconn.is_busy():
                result = pgconn.get_result()
                if result is not None:
                    news = True
                    self._settle(waiting.popleft(), result, aborted)
            if news:
                self._heard = monotonic()
            if aborted and self._prepare:
                self._send_again(aborted)
            else:
                self._hold(aborted)
            if self._held and not self._owed:
                self._send_held()
        except psycopg.OperationalError as error:
            self.close(str(error))
            for call in aborted:
                if not call.future.done():
                    call.future.set_exception(Lost(str(error)))
        if not self.open and not self._waiting:
            self.close("it was retired")

    def _settle(
        self, call: _Call | _Preparation | None, result: pq.abc.PGresult, aborted: list[_Call]
    ) -> None:
        if call is None:
            self._owed -= 1
            return
        status = result.status
        if isinstance(call, _Preparation):
            if status != _COMMAND_OK:
                self._connection.prepared.discard(call.name)
                following = self._waiting[0]
                if status != _ABORTED and isinstance(following, _Call):
                    self._refuse(following, result)
            return
        self.in_flight -= 1
        if status in (_TUPLES_OK, _COMMAND_OK):
            if not call.future.done():  # else its caller went away
                call.future.set_result(result)
        elif status == _ABORTED:
            if not call.future.done():
                aborted.append(call)
        else:
            self._refuse(call, result)

    def _refuse(self, call: _Call, result: pq.abc.PGresult) -> None:
        error = psycopg.errors.error_from_result(result, encoding="utf-8")
        if error.sqlstate is None or error.sqlstate in _GOODBYE:
            if not call.future.done():
                call.future.set_exception(Lost(str(error)))
            raise psycopg.OperationalError(str(error))
        if not call.future.done():
            call.future.set_exception(error)

    def _send_again(self, calls: list[_Call]) -> None:
        """Send what a neighbour's failure aborted, each with a synchronisation point of its own."""
        for call in calls:
            self._send(call)
            self._synchronise()
        self._push()

    def _hold(self, calls: Sequence[_Call]) -> None:
        self._held.extend(calls)
        self.in_flight += len(calls)

    def _send_held(self) -> None:
        """Send what was held, together; of those that fail the first is refused, the others come again."""
        held, self._held = self._held, deque()
        self.in_flight -= len(held)
        for call in held:
            if not call.future.done():  # else its caller went away
                self._send(call)
        self._synchronise()
        self._push()


class Pipelines:
    """The shared connections of a runner: opened in the background, replaced when lost."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], *, size: int, prepare: bool, limit: float
    ) -> None:
        """Keep ``size`` connections made by ``connect``; ``limit`` is PostgreSQL's own time limit (s)."""
        self._connect = connect
        self._prepare = prepare
        self._limit = limit + _GRACE
        self._pipelines: list[Pipeline | None] = [None] * size
        self._keeper: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def start(self) -> None:
        """Begin to open them; until one is there, ``pick`` has none."""
        if self._pipelines:
            metrics.PIPELINES_OPEN.set_function(lambda: sum(each.open for each in self._pipelines if each))
            metrics.READS_IN_FLIGHT.set_function(
                lambda: sum(each.in_flight for each in self._pipelines if each and each.open)
            )
            self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="pipelines")

    async def stop(self) -> None:
        """Close them all."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        for pipeline in self._pipelines:
            if pipeline is not None:
                pipeline.close("the database was closed")

    def pick(self) -> Pipeline | None:
        """Return the first that is quick and not full, else the one with the fewest statements on their way.

        None where all are lost or busy. Where there are no more processors than work for them, two servers
        take turns of up to 20 ms: with the same number of statements on each, the slowest hundredth of pages
        of ten rows took three to seven times as long.
        """
        best: Pipeline | None = None
        for pipeline in self._pipelines:
            if pipeline is None or not pipeline.open:
                self._wake.set()
                continue
            silence = pipeline.silence() if pipeline.in_flight else 0.0
            if silence > _BUSY:
                continue
            if silence < _SLOW and pipeline.in_flight < _FULL:
                return pipeline
            if best is None or pipeline.in_flight < best.in_flight:
                best = pipeline
        return best

    async def _keep(self) -> None:
        delay = 0.0
        while True:
            missing = False
            for index, pipeline in enumerate(self._pipelines):
                if pipeline is not None:
                    pipeline.look_after()
                if pipeline is None or pipeline.closed:
                    missing = not await self._open(index) or missing
            if missing:
                delay = min(_MOST_DELAY, delay * 2 or _BUSY)
                await asyncio.sleep(delay)
            else:
                delay = 0.0
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _LOOK)

    async def _open(self, index: int) -> bool:
        try:
            async with asyncio.timeout(_MOST_DELAY):
                connection = await self._connect()
        except (psycopg.Error, OSError, TimeoutError) as error:
            _logger.debug("no-shared-connection", reason=str(error))
            return False
        self._pipelines[index] = Pipeline(connection, prepare=self._prepare, limit=self._limit)
        return True
