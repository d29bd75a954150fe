"""Reads from a standby, as long as it is known to be close behind and has what this process wrote."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

import psycopg
from psycopg import sql

from genjilib.core import log
from genjilib.db.connection import Connection
from genjilib.db.pipeline import Pipeline, Pipelines

_LOOKS: Final = 4
"""How often within the allowed lag the two servers are compared."""
_PRIMARY: Final = "select pg_current_wal_lsn()::text"
_REPLICA: Final = "select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= %s::text::pg_lsn"

_logger = log.get_logger(__name__)


class Replica:
    """The shared connections to a standby, and what is known of how far it is.

    Every quarter of the lag allowed, the primary is asked where its log ends and the standby whether it has
    replayed that. From a yes on, reads may go there until the question is older than the lag, unless this
    process wrote after it was asked. So what is read is at most so old, and never older than our own writes.
    """

    def __init__(
        self,
        pipelines: Pipelines,
        primary: Callable[[], Awaitable[Connection]],
        standby: Callable[[], Awaitable[Connection]],
        *,
        lag: float,
    ) -> None:
        """Read by ``pipelines``; ``primary`` and ``standby`` connect to the servers; ``lag`` in s."""
        self._pipelines = pipelines
        self._connect = primary, standby
        self._lag = lag
        self._asked = self._wrote = float("-inf")
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to compare; until the standby is known to be close, ``pick`` has nothing."""
        self._pipelines.start()
        self._watching = asyncio.get_running_loop().create_task(self._watch(), name="replica")

    async def stop(self) -> None:
        """Close what was opened."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._pipelines.stop()

    def wrote(self) -> None:
        """Note that this process has written: what it reads next must show that."""
        self._wrote = monotonic()

    def pick(self) -> Pipeline | None:
        """Return a shared connection to the standby; nothing while that may be behind."""
        close = self._asked > self._wrote and monotonic() < self._asked + self._lag
        return self._pipelines.pick() if close else None

    async def _watch(self) -> None:
        while True:
            try:
                primary, standby = [await connect() for connect in self._connect]
                async with primary, standby:
                    while True:
                        await self._compare(primary, standby)
                        await asyncio.sleep(self._lag / _LOOKS)
            except (psycopg.Error, OSError) as error:
                _logger.warning("replica-away", reason=str(error).strip())
            await asyncio.sleep(self._lag)

    async def _compare(self, primary: Connection, standby: Connection) -> None:
        asked = monotonic()
        end = await (await primary.execute(_PRIMARY)).fetchone()
        has = await (await standby.execute(sql.SQL(_REPLICA), end)).fetchone()
        if has == (True,):
            self._asked = asked
