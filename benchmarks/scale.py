"""Where the API saturates: one process and two, behind Caddy, through PgBouncer.

Run ``python -m benchmarks.scale [seconds]``; it starts servers of its own. Caddy and PgBouncer are those that
infra/setup unpacks. The load comes from a process of its own that asks for one user over 32 connections.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import psutil

from genjilib import queries
from genjilib.auth import keys
from genjilib.db import Db
from genjilib.local import CHECKOUT
from genjilib.local.ports import free_port
from genjilib.local.postgres import Postgres
from genjilib.local.roles import grant, role_url
from genjilib.local.scratch import migrate
from tests.infra.proxies import Caddy, PgBouncer
from tests.infra.upgrade import Api

USER = 10**17
CONNECTIONS = 32


async def main(seconds: float) -> None:
    """Start everything and measure each arrangement."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder / "postgres")
        await server.start()
        try:
            await migrate(server.url())
            await grant(server.url())
            async with Db.connect(server.url(), name="bench") as db:
                await queries.users.create(db, user_id=USER, nickname="n", global_name="g")
                key = (await keys.create_key(db, name="b", scopes=(), superuser=True, expires_at=None)).key
            direct = role_url(server.url(), "api")
            bouncer = await PgBouncer(folder, direct.partition("?")[0], size=10).start()
            pooled = {"DATABASE_URL": bouncer.url, "DATABASE_PREPARE": "false"}
            for title, count, proxy, settings in (
                ("1 process, no proxy", 1, False, {"DATABASE_URL": direct}),
                ("1 process behind Caddy", 1, True, {"DATABASE_URL": direct}),
                ("2 processes behind Caddy", 2, True, {"DATABASE_URL": direct}),
                ("2 processes, PgBouncer", 2, True, pooled),
            ):
                await measure(folder, title, count, proxy, settings, key, seconds)
            await bouncer.stop()
        finally:
            await server.stop()


async def measure(
    folder: Path, title: str, count: int, proxy: bool, settings: dict[str, str], key: str, seconds: float
) -> None:
    """Load one arrangement and print what came of it."""
    secret = "only for this benchmark, long enough to be one"
    environment = {**os.environ, "AMQP_URL": "amqp://n:n@127.0.0.1/", "TOKEN_SECRET": secret}
    environment |= {"LOG_LEVEL": "WARNING", **settings}
    ports = [free_port() for _ in range(count)]
    apis = await asyncio.gather(*(Api(CHECKOUT, folder, environment, port).start() for port in ports))
    caddy = await Caddy(folder, ports).start() if proxy else None
    before = spent()
    command = [sys.executable, "-m", "benchmarks.scale", "load", str(caddy.port if caddy else ports[0])]
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, key, str(seconds)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    used = {name: value - before.get(name, 0) for name, value in spent().items()}
    asked, p50, p99, failed = (float(word) for word in done.stdout.split())
    each = [f"{name} {value / asked * 1e6:.0f}" for name, value in sorted(used.items()) if value > 0.05]
    rate = f"{asked / seconds:8,.0f}/s   p50 {p50:6.2f} ms   p99 {p99:7.2f} ms   failed {failed:.0f}"
    print(f"{title:<26}{rate}   CPU µs a request: {', '.join(each)}")
    if caddy:
        await caddy.stop()
    for api in apis:
        await api.stop()


def spent() -> dict[str, float]:
    """CPU seconds of our children by what they are."""
    found: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        try:
            command, times = " ".join(process.cmdline()), process.cpu_times()
        except psutil.Error:
            continue
        kinds = {"runners.api": "API", "caddy": "Caddy", "pgbouncer": "PgBouncer", "postgres": "PostgreSQL"}
        kind = next((kind for word, kind in kinds.items() if word in command), None)
        if kind:
            found[kind] = found.get(kind, 0) + times.user + times.system
    return found


async def load(port: int, key: str, seconds: float) -> None:
    """Ask as often as answers come; print how many came, and the median and 99th percentile (ms)."""
    request = (
        f"GET /api/v3/users/{USER} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-API-KEY: {key}\r\n\r\n".encode()
    )
    waits: list[float] = []
    failed: list[float] = []
    end = perf_counter() + seconds

    async def client() -> None:
        while perf_counter() < end:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while perf_counter() < end:
                    started = perf_counter()
                    writer.write(request)
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
                    (waits if head.startswith(b"http/1.1 200") else failed).append(perf_counter() - started)
            except (OSError, EOFError) as error:
                print(repr(error), file=sys.stderr)
                failed.append(0)
            finally:
                writer.close()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    waits.sort()
    print(len(waits), waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000, len(failed))


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        asyncio.run(load(int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
    else:
        asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10))
