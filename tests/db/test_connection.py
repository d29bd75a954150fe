"""One connection and its socket."""

import asyncio
import os
import socket
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from psycopg import waiting

from genjilib.db.connection import Connection


async def test_a_broken_connection_takes_no_socket_of_another_along() -> None:
    """What libpq does: it closes a broken socket, whose number the next that is opened gets."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    broken, peer = socket.socketpair()
    number = broken.detach()
    fresh: list[socket.socket] = []

    def open_another() -> None:
        fresh.extend(socket.socketpair())
        if fresh[0].fileno() != number:
            os.dup2(fresh[0].detach(), number)
            fresh[0] = socket.socket(fileno=number)
        loop.add_reader(number, heard.set)

    def exchange() -> Generator[int, int, None]:
        yield waiting.WAIT_R
        os.close(number)
        loop.call_soon(open_another)
        raise psycopg.OperationalError("server closed the connection")

    connection = cast(Connection, SimpleNamespace(pgconn=SimpleNamespace(socket=number)))
    run = exchange()
    loop.call_soon(peer.send, b"!")
    with pytest.raises(psycopg.OperationalError):
        await Connection._watched(connection, cast(Generator[Any, Any, None], run), next(run))
    fresh[1].send(b"!")
    try:
        async with asyncio.timeout(5):
            await heard.wait()
    finally:
        loop.remove_reader(number)
        for one in (*fresh, peer):
            one.close()
