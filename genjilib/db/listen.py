"""Waiting for PostgreSQL's notifications on a connection of its own; not for transaction poolers."""

import asyncio

import psycopg
from psycopg import sql

from genjilib.core.log import get_logger
from genjilib.db.connection import KEEPALIVE

log = get_logger(__name__)


async def listen(url: str, channel: str, event: asyncio.Event, *, retry: float = 1.0) -> None:
    """Set ``event`` at each notification on ``channel``, for ever.

    After a lost connection the event is set too, for something may have been missed; the next try to connect
    comes after ``retry`` seconds.
    """
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, application_name=f"genji-listen-{channel}", **KEEPALIVE
            )
            async with connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                event.set()
                async for _ in connection.notifies():
                    event.set()
        except (psycopg.Error, OSError) as error:
            log.warning("listen-lost", channel=channel, reason=str(error).strip())
        event.set()
        await asyncio.sleep(retry)
