"""PostgreSQL restarts, dies, fails over or comes back from a backup, and takes all who use it along."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import psycopg
import pytest

from genjilib.broker.relay import Relay
from genjilib.core.errors import Unavailable
from genjilib.db import Db
from genjilib.local.postgres import Postgres, unprivileged
from genjilib.local.processes import run
from genjilib.local.scratch import migrate
from tests.broker.world import message, settings
from tests.chaos.effects import QUEUE, Effect
from tests.chaos.scene import LONG, MESSAGES, PROMPT, Scene
from tests.nursery import Nursery
from tests.support import create_database, database_of, drop_database, with_database


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A server that these rows may hurt, with a migrated template."""
    server = Postgres(Path(tmp_path_factory.mktemp("server")), durable=False)
    await server.start()
    await migrate(server.url("template"))
    yield server
    await server.stop()


@pytest.fixture
async def row_database(server: Postgres, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A database of that server."""
    await server.start()
    url = server.url(f"row-{request.node.get_closest_marker('row').args[0]}")
    create_database(url, template="template")
    yield url
    await server.start()
    drop_database(url)


async def ask_until(stop: asyncio.Event, url: str, key: str) -> list[tuple[int, str | None]]:
    """Ask the API again and again; returns its answers' statuses with their Retry-After."""
    answers: list[tuple[int, str | None]] = []
    async with aiohttp.ClientSession(headers={"X-API-KEY": key}) as http:
        while not stop.is_set():
            async with http.get(f"{url}/api/v3/newsfeed") as answer:
                answers.append((answer.status, answer.headers.get("Retry-After")))
            await asyncio.sleep(0.1)
    return answers


@pytest.mark.row("14")
async def test_restarts_and_a_death_of_postgresql_lose_nothing(scene: Scene, server: Postgres) -> None:
    worker = await scene.worker()
    api, key, stop = await scene.start("api"), await scene.key(), asyncio.Event()
    asking = asyncio.create_task(ask_until(stop, f"http://127.0.0.1:{api.port}", key))
    for kind in ("fast", "immediate", "kill"):
        await scene.emit(MESSAGES // 3)
        if kind == "fast":
            await server.stop()
        elif kind == "immediate":
            assert server.pid
            os.kill(server.pid, signal.SIGQUIT)
            while server.pid is not None:
                await asyncio.sleep(0.02)
        else:
            server.kill()
        await asyncio.sleep(0.3)
        await server.start()
        scene.hit()
        await scene.emit(50)
        await scene.recovered()
    assert scene.recovery <= PROMPT
    stop.set()
    answers = await asking
    await scene.rest()
    await worker.stop()
    await lose_a_whole_pool(scene, server)
    await scene.worker()
    assert {status for status, _ in answers} == {200, 503}
    assert all(after for status, after in answers if status == 503)
    await scene.verdict()


async def lose_a_whole_pool(scene: Scene, server: Postgres) -> None:
    """A relay whose connections are all lost fails once, not once for each of them."""
    given = settings(scene.database_url, scene.amqp_url)
    async with Db.open(given, name="crowded") as db:
        relay = Relay(db, scene.direct, url=scene.database_url)
        full = asyncio.Barrier(given.database_pool_size)

        async def meet() -> None:
            async with db.transaction():
                await full.wait()

        await asyncio.gather(*(meet() for _ in range(full.parties)))
        server.kill()
        await server.start()
        began, refused = time.monotonic(), 0
        await scene.emit(10)
        while await scene.ask("select count(*) > 0 from messages.outbox"):
            try:
                await relay.pump()
            except Unavailable:
                refused += 1
                await asyncio.sleep(1)  # as it waits
        assert refused <= 1
        assert time.monotonic() - began <= PROMPT


@pytest.mark.row("15")
async def test_a_standby_that_is_promoted_has_all_that_was_answered(
    scene: Scene, server: Postgres, nursery: Nursery, chaos_vhost: tuple[str, str], tmp_path: Path
) -> None:
    if LONG:
        await lose_with_an_asynchronous_one(server, nursery, chaos_vhost, tmp_path)
    standby = await follow(server, tmp_path / "standby")
    await scene.worker()
    load = asyncio.create_task(steadily(scene))
    await scene.until(lambda: scene.ask("select count(*) > 100 from chaos.effects"))
    server.kill()
    scene.hit()
    await load
    await promote(scene, standby)
    try:
        await scene.emit(MESSAGES // 2)
        await scene.recovered()
        await scene.verdict()
    finally:
        await scene.close()
        await standby.stop()
        await server.start()
        await configure(server, "alter system reset synchronous_standby_names")


async def lose_with_an_asynchronous_one(
    server: Postgres, nursery: Nursery, vhost: tuple[str, str], tmp_path: Path
) -> None:
    """What was not shipped to a standby is lost, the rows and the messages about them alike."""
    url = server.url("behind")
    create_database(url, template="template")
    scene = Scene([], tmp_path, url, vhost, nursery)
    await scene.open()
    standby = await follow(server, tmp_path / "behind", synchronous=False)
    both = """
        with new as (insert into chaos.things (id) select generate_series(%s::bigint, %s) returning id)
        select messages.emit(%s, jsonb_build_object('n', id)) from new
    """
    try:
        await scene.rows(both, 0, 499, QUEUE)
        shipped = await scene.ask("select pg_current_wal_lsn()::text")
        arrived = f"select pg_last_wal_replay_lsn() >= '{shipped}'"
        while await configure(standby, arrived) != (True,):
            await asyncio.sleep(0.05)
        await configure(standby, "alter system set primary_conninfo = ''")
        while await configure(standby, "select count(*) from pg_stat_wal_receiver") != (0,):
            await asyncio.sleep(0.05)
        await scene.rows(both, 500, 599, QUEUE)
        server.kill()
        await promote(scene, standby)
        await scene.worker()
        await scene.until(lambda: scene.ask("select count(*) >= 500 from chaos.effects"))
        await scene.until(lambda: scene.ask("select count(*) = 0 from messages.outbox"))
        assert await scene.ask("select count(*) from chaos.things") == 500
        assert sorted(await scene.applied()) == list(range(500))
    finally:
        await scene.close()
        await standby.stop()
        await server.start()
        drop_database(url)


async def promote(scene: Scene, standby: Postgres) -> None:
    """Make the standby the server, and lead everybody there."""
    name = database_of(scene.database_url)
    await configure(standby, "select pg_promote()")
    await configure(standby, "alter system reset synchronous_standby_names")
    scene.database_url = standby.url(name)
    scene.database.retarget(scene.database_url)
    scene.database.cut()


async def configure(server: Postgres, statement: str) -> object:
    """Run a statement and have the server read its configuration; returns the row, if it has one."""
    async with await psycopg.AsyncConnection.connect(server.url(), autocommit=True) as connection:
        cursor = await connection.execute(statement)
        row = await cursor.fetchone() if cursor.description else None
        await connection.execute("select pg_reload_conf()")
        return row


async def steadily(scene: Scene) -> None:
    """Emit until the database is gone; the last transaction is in doubt."""
    with suppress(psycopg.OperationalError):
        await scene.emit(MESSAGES // 2, chunk=5, pause=0.02)


async def follow(server: Postgres, directory: Path, *, synchronous: bool = True) -> Postgres:
    """A standby, by default one that each commit of the server waits for."""
    directory.mkdir()
    shutil.copy2(server.directory / "password", directory / "password")
    shutil.chown(directory, os.getuid())
    user = await unprivileged()
    command = [server.bin_dir / "pg_basebackup", "-D", directory / "data", "-d", server.url()]
    await run([*user, *command, "-R", "-X", "stream", "-c", "fast"])
    standby = Postgres(directory, durable=False)
    await standby.start()
    wanted = "streaming"
    if synchronous:
        await configure(server, "alter system set synchronous_standby_names = '*'")
        wanted = "sync"
    follows = f"select count(*) from pg_stat_replication where '{wanted}' in (state, sync_state)"
    while await configure(server, follows) != (1,):
        await asyncio.sleep(0.05)
    return standby


@pytest.mark.row("25")
async def test_a_restored_backup_goes_on_where_it_was_made(scene: Scene, tmp_path: Path) -> None:
    worker, share = await scene.worker(), MESSAGES // 4
    await scene.emit(share)
    await scene.emit(20, version=2)
    await scene.rest()
    await worker.stop()
    await scene.emit(share)
    straight = {"DATABASE_URL": scene.database_url, "BACKUP_FOLDER": str(tmp_path / "backups")}
    made = await scene.command("backup", "create", "--yes", **straight)
    assert await made.ended(within=120) == 0, made.words()
    worker = await scene.worker()  # what it does from here on is lost with the database
    await scene.until(lambda: scene.ask("select count(*) = %s from chaos.effects", 2 * share))
    await worker.kill()
    late = range(10**6, 10**6 + share)
    await scene.publish([message(Effect(n=n)) for n in late])
    scene.ledger.accepted.update(late)
    began, restored = time.monotonic(), f"{database_of(scene.database_url)}-restored"
    back = await scene.command("backup", "restore", "latest", "--into", restored, "--yes", **straight)
    assert await back.ended(within=120) == 0, back.words()
    print(f"restored within {time.monotonic() - began:.1f} s")
    scene.database_url = with_database(scene.database_url, restored)
    scene.database.url = with_database(scene.database.url, restored)
    scene.hit()
    worker = await scene.worker()
    await scene.recovered()
    await scene.rest()
    await worker.stop()
    await scene.worker("next")
    replay = await scene.command("dlq", "replay", "--all", "--yes")
    assert await replay.ended() == 0, replay.words()
    await scene.verdict()
