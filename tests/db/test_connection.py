"""One connection and its socket."""

import asyncio
import select
import socket
import struct
import time
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import uvloop
from psycopg import generators
from psycopg.pq import ExecStatus

from genjilib.db.connection import Connection
from genjilib.db.pipeline import Lost, Pipeline
from tests.db.statements import Queries

LONG = "select repeat('x', 100000)"


@contextmanager
def resetting(url: str, *, after: int = 1000) -> Generator[str]:
    """The same server for one connection; its first long answer ends with a reset ``after`` so many bytes."""
    parts = urlsplit(url)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(client: socket.socket, server: socket.socket) -> None:
        while len(data := server.recv(65536)) < 2000:
            client.sendall(data)
        client.sendall(data[:after])
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def serve() -> None:
        client, _ = listener.accept()
        server = socket.create_connection((parts.hostname, parts.port))
        answering = Thread(target=answer, args=(client, server))
        answering.start()
        while answering.is_alive():
            if select.select([client], [], [], 0.02)[0] and answering.is_alive():
                server.sendall(client.recv(65536))
        server.close()

    serving = Thread(target=serve)
    serving.start()
    netloc = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{listener.getsockname()[1]}"
    yield urlunsplit(parts._replace(netloc=netloc, query="sslmode=disable&gssencmode=disable"))
    serving.join()
    listener.close()


def test_a_reset_behind_a_piece_of_an_answer_is_noticed(database_url: str) -> None:
    """uvloop, on which runners run, tells of a reset once: together with what came before."""

    async def ask() -> None:
        with resetting(database_url) as url:
            connection = await Connection.connect(url, autocommit=True)
            connection.pgconn.send_query(LONG.encode())
            time.sleep(0.2)  # both come before the loop looks
            with pytest.raises(psycopg.OperationalError):
                async with asyncio.timeout(5):
                    await connection.answer(generators.execute(connection.pgconn))

    uvloop.run(ask())


def test_a_reset_behind_a_whole_answer_is_noticed_by_the_next_statement_of_the_transaction(
    database_url: str,
) -> None:
    """Its socket would be watched on, and uvloop tell of it no more."""

    async def ask() -> None:
        with resetting(database_url, after=65536) as url:
            connection = await Connection.connect(url, autocommit=True)

            async def say(text: bytes) -> None:
                connection.pgconn.send_query(text)
                time.sleep(0.2)
                async with asyncio.timeout(5):
                    (result,) = await connection.answer(generators.execute(connection.pgconn))
                assert result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)

            await say(b"begin")
            await say(b"select repeat('x', 3000)")
            with pytest.raises(psycopg.OperationalError):
                await say(b"commit")

    uvloop.run(ask())


def test_a_shared_connection_that_was_reset_is_noticed_when_looked_after(
    database_url: str, sql: Queries
) -> None:
    (text,) = sql.make("long", LONG).texts.values()

    async def ask() -> None:
        with resetting(database_url) as url:
            pipeline = Pipeline(await Connection.connect(url, autocommit=True), prepare=False, limit=30)
            reading = asyncio.create_task(pipeline.execute(text, []))
            await asyncio.sleep(0)
            time.sleep(0.2)
            await asyncio.sleep(1.1)
            pipeline.look_after()
            with pytest.raises(Lost):
                async with asyncio.timeout(5):
                    await reading

    uvloop.run(ask())
