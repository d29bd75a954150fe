"""More than one server: PgBouncer in front of PostgreSQL, and a standby that the API reads from."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from genjilib import queries
from genjilib.core.errors import Conflict
from genjilib.db import Db
from genjilib.db.connection import How
from genjilib.local.postgres import Postgres
from genjilib.local.roles import grant, role_url
from tests.db.statements import Queries
from tests.infra.proxies import PgBouncer

LAG = 0.4


@pytest.fixture
def sql(tmp_path: Path) -> Queries:
    """Makes statements of SQL text."""
    return Queries(tmp_path / "sql")


async def test_all_that_the_api_does_goes_through_pgbouncer(
    database_url: str, tmp_path: Path, sql: Queries
) -> None:
    """Forty callers on two connections: reads in pipelines, writes, transactions, cursors, errors."""
    await grant(database_url)
    tmp_path.chmod(0o755)
    bouncer = await PgBouncer(tmp_path, role_url(database_url, "api"), size=2).start()
    who = sql.make("who", "select current_setting('application_name') || ' ' || current_setting('timezone')")
    try:
        async with Db.connect(bouncer.url, name="t", size=10, pipelines=2, how=How(prepare=False)) as db:

            async def caller(number: int) -> None:
                for step in range(5):
                    user_id = 10**17 + number * 100 + step
                    await queries.users.create(db, user_id=user_id, nickname=f"n{number}", global_name="g")
                    assert await queries.users.exists(db, user_id=user_id)
                    async with db.transaction() as tx:
                        await queries.users.lock(tx, user_id=user_id)
                        assert await queries.users.name(tx, user_id=user_id) == f"n{number}"
                    with pytest.raises(Conflict):
                        await queries.users.create(db, user_id=user_id, nickname="again", global_name="g")

            async with asyncio.TaskGroup() as group:
                for number in range(40):
                    group.create_task(caller(number))
            assert await who.value(db) == "genji-t UTC"
        with psycopg.connect(database_url) as connection:
            assert connection.execute(
                "select count(*) from core.users where nickname ~ '^n[0-9]+$'"
            ).fetchone() == (200,)
    finally:
        await bouncer.stop()


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[tuple[Postgres, Postgres]]:
    """A server and its standby."""
    server, standby = Postgres(folder / "one", durable=False), Postgres(folder / "two", durable=False)
    await server.start()
    try:
        copy = [
            server.bin_dir / "pg_basebackup",
            "--checkpoint=fast",
            "--write-recovery-conf",
            "--no-manifest",
        ]
        subprocess.run([*copy, "-D", folder / "two/data", f"--dbname={server.url()}"], check=True)
        (folder / "two/password").write_text((folder / "one/password").read_text())
        await standby.start()
        yield server, standby
        await standby.stop()
    finally:
        await server.stop()


async def test_reads_go_to_a_standby_that_is_close_and_has_what_was_written(
    tmp_path: Path, sql: Queries
) -> None:
    where = sql.make("where", "select pg_is_in_recovery()")
    count = sql.make("count", "select count(*) from things")
    known = sql.make("known", "insert into things values (1)", head="-- writes: public.things\n")
    found_out = sql.make("found_out", "insert into things values (1)")
    async with pair(tmp_path) as (server, standby):
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table things (id int)")

            async def there(wanted: bool) -> None:
                deadline = time.monotonic() + 10
                while await where.value(db) is not wanted:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.02)

            async with Db.connect(
                server.url(), name="t", size=2, pipelines=1, replica_url=standby.url(), replica_lag=LAG
            ) as db:
                await there(True)
                for number in range(1, 31):
                    await (found_out if number % 3 == 1 else known).count(db)
                    assert await count.value(db) == number
                    if number % 10 == 0:
                        await there(True)
                        assert await count.value(db) == number
                async with db.transaction() as tx:
                    assert await where.value(tx) is False
                await there(True)
                with psycopg.connect(standby.url(), autocommit=True) as held:
                    held.execute("select pg_wal_replay_pause()")
                    connection.execute("insert into things values (2)")
                    behind = time.monotonic()
                    while await count.value(db) != 31:
                        assert time.monotonic() < behind + LAG + 0.3, "it is read though it is too far behind"
                        await asyncio.sleep(0.02)
                    assert await where.value(db) is False
                    held.execute("select pg_wal_replay_resume()")
                await there(True)
                await standby.stop()
                assert await count.value(db) == 31
                assert await where.value(db) is False
