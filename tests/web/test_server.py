"""The two ports under rude clients, slow clients and signals; spoken to byte by byte."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from genjilib.core.settings import Settings
from genjilib.web.app import create_app
from genjilib.web.health import serve_inner
from genjilib.web.server import Ports, serving

from . import toys
from .conftest import authenticate, settings


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(self.body)


@asynccontextmanager
async def api(
    shelf: toys.Shelf, using: Settings | None = None, idle: float = 5, body_seconds: float = 5
) -> AsyncIterator[Ports]:
    using = using or settings()
    app = create_app(using, shelf, toys.routes, authenticate, body_seconds=body_seconds)
    async with serving(app, using, {"shelf": shelf.check}, idle=idle) as ports:
        yield ports


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with api(toys.Shelf()) as ports:
        yield ports.public


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(head[0].split()[1]), headers, body)


async def say(port: int, *pieces: bytes) -> Answer:
    """Send bytes as they are and return the first answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            return await read_answer(reader)
    finally:
        writer.close()


def ask(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, "Host: x", "X-API-KEY: root", *headers, "", ""]).encode("latin-1") + body


# -- what is not HTTP, or too much of it


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00",
        b"GET /api/v3/toys/amount HTTP/9.9\r\nHost: x\r\n\r\n",
        b"BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v3/toys/amount HTTP/1.1\r\n\r\n",
        b"GET /api/v3/toys/amount HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        b"GET /api/v3/toys/amount HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /api/v3/toys/amount HTTP/1.1\nHost: x\n\n",
        ask("POST /api/v3/toys HTTP/1.1", "Content-Length: 2", "Content-Length: 3", body=b"{}"),
        ask("POST /api/v3/toys HTTP/1.1", "Content-Length: 2", "Transfer-Encoding: chunked", body=b"{}"),
        ask("POST /api/v3/toys HTTP/1.1", "Content-Length: -2", body=b"{}"),
        ask("POST /api/v3/toys HTTP/1.1", "Transfer-Encoding: gzip", body=b"{}"),
    ],
)
async def test_what_is_not_http_is_a_problem_too_and_closes(port: int, raw: bytes) -> None:
    answer = await say(port, raw)
    assert answer.status == 400
    assert answer.problem["error"] == "This is not valid HTTP"
    assert answer.problem["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["connection"] == "close"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (ask("GET /api/v3/toys/amount?" + "x" * 9000 + " HTTP/1.1"), 414),
        (ask("GET /api/v3/toys/amount HTTP/1.1", "X-Large: " + "x" * 65_000), 431),
        (ask("GET /api/v3/toys/amount HTTP/1.1", *[f"X-{n}: x" for n in range(200)]), 431),
        (ask("GET /api/v3/toys/amount?" + "a&" * 4000 + " HTTP/1.1"), 400),
    ],
)
async def test_too_long_an_address_or_too_many_headers_are_refused(
    port: int, raw: bytes, status: int
) -> None:
    answer = await say(port, raw)
    assert (answer.status, answer.problem["status"]) == (status, status)
    assert "xxx" not in answer.body.decode()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("OPTIONS * HTTP/1.1", 404),
        ("GET http://elsewhere/api/v3/toys/amount HTTP/1.1", 200),
        ("CONNECT elsewhere:80 HTTP/1.1", 404),
        ("GET /api/v3/toys/\xff HTTP/1.1", 400),
        ("GET /api/v3/toys/amount?q=\xff HTTP/1.1", 400),
        ("GET /api/v3/toys/%FF HTTP/1.1", 200),
        ("GET /api/v3/toys/../../etc HTTP/1.1", 404),
        ("GET //api/v3/toys HTTP/1.1", 404),
        ("GET /%0d%0aX-Injected:1 HTTP/1.1", 404),
        ("PROPFIND /api/v3/toys/amount HTTP/1.1", 405),
    ],
)
async def test_strange_targets_are_answered_plainly(port: int, line: str, status: int) -> None:
    answer = await say(port, ask(line))
    assert answer.status == status
    assert "x-injected" not in answer.headers
    if status != 200:
        assert answer.problem["status"] == status


async def test_an_unknown_expectation_is_ignored(port: int) -> None:
    assert (await say(port, ask("GET /api/v3/toys/amount HTTP/1.1", "Expect: wonders"))).status == 200


async def test_a_client_that_waits_to_be_asked_is_asked(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        ask(
            "POST /api/v3/toys/loose HTTP/1.1",
            "Expect: 100-continue",
            "Content-Length: 3",
            "Content-Type: application/json",
        )
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"[1]")
    answer = await read_answer(reader)
    assert (answer.status, answer.body) == (201, b"[1]")
    writer.close()


async def test_an_upgrade_is_not_taken(port: int) -> None:
    head = ask("GET /api/v3/toys/amount HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade")
    assert (await say(port, head)).status == 200


# -- bodies


async def test_a_body_one_byte_too_long_is_413(port: int) -> None:
    limit = settings().api_body_limit
    for size, status in ((limit, 201), (limit + 1, 413)):
        body = b'"' + b"x" * (size - 2) + b'"'
        head = ask("POST /api/v3/toys/loose HTTP/1.1", f"Content-Length: {size}", body=body)
        assert (await say(port, head)).status == status


async def test_a_huge_body_is_refused_by_its_length_alone(port: int) -> None:
    answer = await say(port, ask("POST /api/v3/toys/loose HTTP/1.1", "Content-Length: 99999999999"))
    assert (answer.status, answer.problem["error"]) == (413, "Request Entity Too Large")
    assert answer.headers["connection"] == "close"


async def test_a_chunked_body_is_counted_while_it_arrives(port: int) -> None:
    head = ask("POST /api/v3/toys/loose HTTP/1.1", "Transfer-Encoding: chunked")
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    assert (await say(port, head, *[chunk] * 8)).status == 413


async def test_a_body_that_does_not_come_is_408() -> None:
    async with api(toys.Shelf(), body_seconds=0.2) as ports:
        for pieces in (
            [ask("POST /api/v3/toys/loose HTTP/1.1", "Content-Length: 10"), b"[1,"],
            [
                ask("POST /api/v3/toys/loose HTTP/1.1", "Transfer-Encoding: chunked"),
                b"3\r\n[1,\r\n",
                b"zz\r\n",
            ],
        ):
            answer = await say(ports.public, *pieces)
            assert (answer.status, answer.problem["error"]) == (408, "The body arrived too slowly")


async def test_a_client_that_leaves_amid_its_body_harms_nobody(port: int) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(ask("POST /api/v3/toys/loose HTTP/1.1", "Content-Length: 100", body=b"[1,"))
        await writer.drain()
        writer.transport.abort()
    assert (await say(port, ask("GET /api/v3/toys/amount HTTP/1.1"))).status == 200


# -- connections


async def test_dribbling_clients_are_cut_off_and_others_are_served() -> None:
    async with api(toys.Shelf(), idle=0.5) as ports:
        slow = [await asyncio.open_connection("127.0.0.1", ports.public) for _ in range(200)]
        for _, writer in slow:
            writer.write(b"GET /api/v3/toys/amount HTTP/1.1\r\nX")
        assert (await say(ports.public, ask("GET /api/v3/toys/amount HTTP/1.1"))).status == 200
        async with asyncio.timeout(5):
            assert {await reader.read() for reader, _ in slow} == {b""}


async def test_requests_of_one_connection_are_answered_in_order(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(ask(f"GET /api/v3/toys/T{n} HTTP/1.1") for n in range(50)))
    found = [json.loads((await read_answer(reader)).body) for _ in range(50)]
    assert found == [f"T{n} for root" for n in range(50)]
    writer.close()


@pytest.mark.parametrize("path", ["toys/ready", "toys/amount", "toys/nowhere/at/all", "toys?owner=x"])
async def test_an_answer_is_the_same_whichever_way_it_is_written(port: int, path: str) -> None:
    kept, closing, old = [
        await say(port, ask(f"GET /api/v3/{path} HTTP/{version}", "X-Request-Id: of-all-three", *more))
        for version, *more in (("1.1",), ("1.1", "Connection: close"), ("1.0",))
    ]
    for answer in (kept, closing, old):
        del answer.headers["date"]
    assert closing.headers.pop("connection") == "close"
    assert kept == closing == old
    assert kept.headers["x-request-id"] == "of-all-three"


# -- the inner port


async def test_the_inner_port_tells_what_the_public_one_hides() -> None:
    shelf = toys.Shelf()
    async with api(shelf) as ports, ClientSession() as session:
        inner = f"http://127.0.0.1:{ports.inner}"
        async with session.get(f"{inner}/livez") as answer:
            assert (answer.status, await answer.text()) == (200, "ok")
            assert "Server" not in answer.headers
        async with session.get(f"{inner}/readyz") as answer:
            assert answer.status == 200
            assert await answer.json() == {"ready": True, "draining": False, "checks": {"shelf": "ok"}}
        shelf.healthy = False
        async with session.get(f"{inner}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["checks"] == {"shelf": "the shelf is away"}
        async with session.get(f"{inner}/metrics") as answer:
            assert "genji_http_requests_in_flight" in await answer.text()
        for path in ("/livez", "/readyz", "/metrics"):
            async with session.get(f"http://127.0.0.1:{ports.public}{path}") as answer:
                assert answer.status == 404


async def test_a_check_that_hangs_counts_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genjilib.web.health.CHECK_SECONDS", 0.05)
    server = await serve_inner(settings(), {"hangs": asyncio.Event().wait})
    ready = f"http://127.0.0.1:{server.port}/readyz"
    async with ClientSession() as session, session.get(ready) as answer:
        assert (answer.status, (await answer.json())["checks"]) == (503, {"hangs": "TimeoutError"})
    await server.close()


# -- stopping


async def test_a_request_in_hand_is_finished_and_no_other_is_taken() -> None:
    shelf = toys.Shelf()
    context = api(shelf)
    ports = await context.__aenter__()
    held = asyncio.create_task(say(ports.public, ask("GET /api/v3/toys/hold HTTP/1.1")))
    idle, idle_writer = await asyncio.open_connection("127.0.0.1", ports.public)
    await shelf.entered.wait()
    closing = asyncio.create_task(context.__aexit__(None, None, None))
    assert await idle.read() == b""
    idle_writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", ports.public)
    ready = f"http://127.0.0.1:{ports.inner}/readyz"
    async with ClientSession() as session, session.get(ready) as answer:
        assert (answer.status, (await answer.json())["draining"]) == (503, True)
    assert not held.done()
    shelf.release.set()
    assert (await held).body == b'"done"'
    await closing
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", ports.inner)


async def test_a_request_that_does_not_finish_is_given_up_in_time() -> None:
    shelf = toys.Shelf()
    started = asyncio.get_running_loop().time()
    async with api(shelf, settings(shutdown_seconds=0.4)) as ports:
        held = asyncio.create_task(say(ports.public, ask("GET /api/v3/toys/hold HTTP/1.1")))
        await shelf.entered.wait()
    assert asyncio.get_running_loop().time() - started < 2
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await held


RUNNER = """
import uvloop
from tests.web.conftest import authenticate, settings
from tests.web import toys
from genjilib.web.app import create_app
from genjilib.web.server import serve

async def main():
    using, shelf = settings(), toys.Shelf()
    shelf.release.set()
    await serve(create_app(using, shelf, toys.routes, authenticate), using, {"shelf": shelf.check})

uvloop.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_under_load_loses_no_answer(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUNNER,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )
    try:
        assert process.stderr
        line = json.loads(await process.stderr.readline())
        assert line["event"] == "listening"
        answers = await asyncio.gather(*(load(line["port"], process, number, n) for n in range(10)))
        rest = (await process.communicate())[1].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    assert sum(answers) > 10
    assert '"signal":"' + number.name in rest
    assert "Traceback" not in rest


async def load(port: int, process: asyncio.subprocess.Process, number: signal.Signals, which: int) -> int:
    """Ask until the server is gone; count the answers; half an answer is a failure."""
    count = 0
    try:
        while count < 10_000:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ask("GET /api/v3/toys/amount HTTP/1.1", "Connection: close"))
            raw = await reader.read()
            writer.close()
            if not raw:
                break
            assert raw.startswith(b"HTTP/1.1 200"), raw
            assert raw.endswith(b"1.50"), raw
            count += 1
            if which == 0 and count == 10:
                process.send_signal(number)
    except ConnectionError:
        pass
    return count
