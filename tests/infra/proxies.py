"""Caddy and PgBouncer with the files of infra/, in front of what a test runs."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import aiohttp
import psycopg

from genjilib.local import CHECKOUT
from genjilib.local.ports import free_port
from genjilib.local.postgres import unprivileged
from genjilib.local.processes import Process

ROOT = CHECKOUT / ".local" / "beside-root"
"""Where infra/setup unpacks Debian's packages."""
CADDY = ROOT / "usr/bin/caddy"
CADDYFILE = CHECKOUT / "infra/caddy/Caddyfile"
SITES = {
    "API_SITE": "api.genji.example",
    "GRAFANA_SITE": "grafana.genji.example",
    "API_UPSTREAMS": "api:8000 api2:8000",
    "GRAFANA_UPSTREAM": "grafana:3000",
}


class Caddy:
    """Our Caddyfile before API processes, without TLS, on a port of its own; it looks ten times as often."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        """`ports` are the public ones of the processes."""
        self.port, admin = free_port(), free_port()
        file = folder / "Caddyfile"
        file.write_text(CADDYFILE.read_text().replace("admin localhost:2019", f"admin 127.0.0.1:{admin}"))
        self._process = Process(
            "Caddy",
            [CADDY, "run", "--config", file, "--adapter", "caddyfile"],
            log=folder / "caddy.log",
            environment={
                **os.environ,
                "API_SITE": f"http://127.0.0.1:{self.port}",
                "GRAFANA_SITE": f"http://127.0.0.1:{free_port()}",
                "API_UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in ports),
                "GRAFANA_UPSTREAM": "127.0.0.1:1",
                "API_HEALTH_INTERVAL": "100ms",
                "API_KEEPALIVE": "300ms",
                "XDG_DATA_HOME": str(folder),
                "XDG_CONFIG_HOME": str(folder),
            },
        )

    async def start(self) -> "Caddy":
        """Start it and wait until it passes requests on."""
        await self._process.start(self._answers, within=30)
        return self

    async def stop(self) -> None:
        """Stop it."""
        await self._process.stop()

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"http://127.0.0.1:{self.port}/healthcheck") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False


class PgBouncer:
    """Our pgbouncer.ini before a database, on a port of its own."""

    def __init__(self, folder: Path, url: str, *, size: int = 20) -> None:
        """`url` is the database's, as a role whose password PgBouncer is told; `size` its connections."""
        self._parts = parts = urlsplit(url)
        self.port = free_port()
        self._folder = folder
        text = (CHECKOUT / "infra/pgbouncer/pgbouncer.ini").read_text()
        place = f"host={parts.hostname} port={parts.port} dbname={parts.path[1:]}"
        text = text.replace("genji = host=127.0.0.1 port=5432 dbname=genji", f"{parts.path[1:]} = {place}")
        text = text.replace("listen_port = 6432", f"listen_port = {self.port}")
        text = text.replace("/etc/pgbouncer/userlist.txt", str(folder / "userlist.txt"))
        text = text.replace("default_pool_size = 20", f"default_pool_size = {size}")
        (folder / "pgbouncer.ini").write_text(f"{text}unix_socket_dir =\n")
        (folder / "userlist.txt").write_text(f'"{parts.username}" "{unquote(parts.password or "")}"\n')

    @property
    def url(self) -> str:
        """The database by way of PgBouncer."""
        who = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{who}@127.0.0.1:{self.port}"))

    async def start(self) -> "PgBouncer":
        """Start it and wait until it passes a connection on."""
        self._process = Process(
            "PgBouncer",
            [ROOT / "usr/sbin/pgbouncer", self._folder / "pgbouncer.ini"],
            log=self._folder / "pgbouncer.log",
            environment={**os.environ, "LD_LIBRARY_PATH": str(ROOT / "usr/lib/x86_64-linux-gnu")},
            wrapper=await unprivileged(),
        )
        await self._process.start(self._answers, within=20)
        return self

    async def stop(self) -> None:
        """Stop it."""
        await self._process.stop()

    async def _answers(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False
