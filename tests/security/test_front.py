"""What the outside meets first: Caddy with our file, before the API with all of its routes."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.api import Api
from tests.infra.proxies import CADDY, CADDYFILE, SITES, Caddy

FOREIGN = "https://evil.example"


@pytest.fixture
async def front(api: Api, tmp_path: Path) -> AsyncIterator[Caddy]:
    """Caddy before the API of the test."""
    port = urlsplit(api.base).port or 0
    caddy = await Caddy(tmp_path, [port]).start()
    yield caddy
    await caddy.stop()


async def say(port: int, raw: bytes) -> bytes:
    """What comes back for some bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_the_front_guards_every_answer_and_lets_no_foreign_page_in(api: Api, front: Caddy) -> None:
    base = f"http://127.0.0.1:{front.port}"
    preflight = {"Origin": FOREIGN, "Access-Control-Request-Method": "PATCH"}
    preflight["Access-Control-Request-Headers"] = "x-api-key"
    asked = (
        ("GET", "/api/v3/lootbox/keys", {"X-API-KEY": api.key, "Origin": FOREIGN}, 200),
        ("GET", "/api/v3/users/1", {"Origin": FOREIGN}, 401),
        ("OPTIONS", "/api/v3/users/1", preflight, 405),
        ("GET", "/docs", {"Origin": FOREIGN}, 200),
        ("GET", "/healthcheck", {}, 200),
        *(("GET", path, {}, 404) for path in ("/metrics", "/livez", "/readyz", "/.env", "/")),
    )
    async with aiohttp.ClientSession() as http:
        for method, path, headers, status in asked:
            async with http.request(method, base + path, headers=headers) as answer:
                assert answer.status == status, path
                assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert not [n for n in answer.headers if n.lower().startswith("access-control")], path
                assert not {"Server", "X-Powered-By"} & answer.headers.keys(), path
                if path == "/healthcheck":
                    assert await answer.text() == "true"


async def test_the_front_passes_on_no_request_that_hides_another(api: Api, front: Caddy) -> None:
    host = f"Host: 127.0.0.1:{front.port}"
    hidden = f"PATCH /api/v3/lootbox/keys/Winter HTTP/1.1\r\n{host}\r\nX-API-KEY: {api.key}\r\n\r\n"
    head = f"POST /api/v3/newsfeed HTTP/1.1\r\n{host}\r\nConnection: close\r\n"
    length, chunked = f"Content-Length: {len(hidden) + 5}\r\n", "Transfer-Encoding: chunked\r\n"
    before = api.fingerprint()
    for lines, body in (
        (f"{length}{chunked}", f"0\r\n\r\n{hidden}"),
        (f"{length}Content-Length: 0\r\n", hidden),
        (f"Transfer-Encoding: xchunked\r\n{length}", f"0\r\n\r\n{hidden}"),
        (f"Transfer-Encoding : chunked\r\n{length}", f"0\r\n\r\n{hidden}"),
    ):
        answer = await say(front.port, f"{head}{lines}\r\n{body}".encode())
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        assert answer.split()[1] in (b"400", b"401", b"501"), answer
    assert api.fingerprint() == before


def test_the_sites_are_served_over_tls_and_plain_http_only_leads_there(tmp_path: Path) -> None:
    environment = {**os.environ, **SITES, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [CADDY, "adapt", "--adapter", "caddyfile", "--config", CADDYFILE]
    adapted = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    config = json.loads(adapted)
    (server,) = config["apps"]["http"]["servers"].values()
    # On 443 Caddy asks for certificates, speaks TLS 1.2 and later only, and redirects what comes to port 80.
    assert server["listen"] == [":443"]
    assert "automatic_https" not in server
    assert "tls_connection_policies" not in server
    assert "tls" not in config["apps"]
    assert config["admin"]["listen"] == "localhost:2019"
