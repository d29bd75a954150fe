"""A disk is full: PostgreSQL's, RabbitMQ's, that of the backups."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import psycopg
import pytest

from genjilib.local.postgres import Postgres
from genjilib.local.rabbitmq import RabbitMQ
from genjilib.local.scratch import migrate
from tests.chaos.scene import MESSAGES, Scene, report

REFUSED = "refused: this user may not mount a tmpfs"
ENTRY = {"id": None, "timestamp": "2026-01-01T00:00:00Z"}


class Disk:
    """A small disk in memory."""

    def __init__(self, path: Path, megabytes: int) -> None:
        self.path, self._megabytes = path, megabytes
        self._ballast = path / "ballast"

    def mount(self) -> bool:
        """Whether it is there now."""
        self.path.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._megabytes}m", "none", self.path]
        return subprocess.run(command, check=False).returncode == 0

    def fill(self) -> None:
        """Leave no byte."""
        with self._ballast.open("wb", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(65536))

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink()

    def unmount(self) -> None:
        """End it, whoever still has it open."""
        subprocess.run(["umount", "--lazy", self.path], check=False)


@pytest.fixture
async def disks(tmp_path: Path) -> AsyncIterator[dict[str, Disk]]:
    """A disk for each server and one for backups."""
    sizes = {"postgres": 600, "rabbitmq": 200, "backups": 1}
    disks = {name: Disk(tmp_path / name, megabytes) for name, megabytes in sizes.items()}
    if not all(disk.mount() for disk in disks.values()):
        report("20", REFUSED, 0)
        pytest.skip(REFUSED)
    yield disks
    for disk in disks.values():
        disk.unmount()


@pytest.fixture
async def server(disks: dict[str, Disk]) -> AsyncIterator[Postgres]:
    """PostgreSQL on a disk of its own."""
    server = Postgres(disks["postgres"].path, durable=False)
    await server.start()
    await migrate(server.url())
    yield server
    await server.stop()


@pytest.fixture
async def row_database(server: Postgres) -> str:
    """The database of that server."""
    return server.url()


@pytest.fixture
async def row_vhost(disks: dict[str, Disk]) -> AsyncIterator[tuple[str, str]]:
    """RabbitMQ on a disk of its own."""
    node = RabbitMQ(disks["rabbitmq"].path, durable=False)
    await node.start()
    yield node.url(), node.management_url
    await node.stop()


@pytest.mark.row("20")
async def test_a_full_disk_loses_nothing_once_there_is_room(
    scene: Scene, server: Postgres, disks: dict[str, Disk], tmp_path: Path
) -> None:
    headers = {"X-API-KEY": await scene.key()}
    worker, api = await asyncio.gather(scene.worker(), scene.start("api"))
    await scene.emit(MESSAGES // 4)
    await scene.rest()

    disks["rabbitmq"].fill()
    await asyncio.sleep(11)  # RabbitMQ looks at its disk every ten seconds
    await scene.emit(MESSAGES // 4)
    await scene.until(lambda: worker.metric("genji_broker_blocked"))
    disks["rabbitmq"].empty()
    scene.hit()
    await scene.recovered(within=60)
    await scene.rest()

    disks["postgres"].fill()
    statuses: set[int] = set()
    async with aiohttp.ClientSession(headers=headers) as http:
        while 503 not in statuses:
            payload = {"type": "announcement", "title": "x" * 200, "content": "y" * 1000}
            url = f"http://127.0.0.1:{api.port}/api/v3/newsfeed"
            async with http.post(url, json={**ENTRY, "payload": payload}) as answer:
                statuses.add(answer.status)
            with suppress(psycopg.OperationalError):
                await scene.emit(MESSAGES // 100)
    assert statuses <= {201, 503}
    disks["postgres"].empty()
    await server.start()
    scene.hit()
    await scene.emit(MESSAGES // 4)
    await scene.recovered(within=60)

    straight = {"DATABASE_URL": scene.database_url, "BACKUP_FOLDER": str(disks["backups"].path)}
    disks["backups"].fill()
    made = await scene.command("backup", "create", "--yes", **straight)
    assert await made.ended(within=120) != 0, made.words()
    listed = await scene.command("backup", "list", "--json", **straight)
    assert await listed.ended() == 0
    assert listed.words().strip() == "[]"
    await scene.verdict()
