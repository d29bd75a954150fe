"""Migrated databases: bringing one up to date, and a private one that is gone afterwards."""

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from genjilib.local import CHECKOUT
from genjilib.local.postgres import Postgres
from genjilib.ops import dbmate

MIGRATIONS = CHECKOUT / "sql" / "migrations"
KEPT = CHECKOUT / ".local" / "scratch"


async def migrate(url: str) -> None:
    """Create the database that ``url`` names where it is missing, and run all migrations in it."""
    await dbmate.run(
        ["--no-dump-schema", "up", "--strict"],
        {**os.environ, "DATABASE_URL": plain(url)},
        migrations=MIGRATIONS,
    )


def plain(url: str) -> str:
    """Return the URL as dbmate takes it: it insists on encryption unless told that there is none."""
    return url if "sslmode=" in url else f"{url}{'&' if '?' in url else '?'}sslmode=disable"


@contextmanager
def scratch_database() -> Generator[str]:
    """Run a PostgreSQL of our own while the block runs, and yield the URL of a migrated database in it."""
    with ExitStack() as stack:
        folder = stack.enter_context(_kept()) or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="genji-scratch-"))
        )
        server = Postgres(folder, durable=False)
        try:
            yield asyncio.run(_begin(server))
        finally:
            asyncio.run(server.stop())


@contextmanager
def _kept() -> Generator[Path | None]:
    """Lend the folder of a server that was made before, which starts at once; nothing while it is taken."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield KEPT


async def _begin(server: Postgres) -> str:
    """Start, and return the URL of a database that has exactly the migrations of now."""
    await server.start()
    database = f"genji-{_migrations_hash()}"
    await _drop_others(server.url("postgres"), database)
    await migrate(server.url(database))
    async with await psycopg.AsyncConnection.connect(server.url(database), autocommit=True) as connection:
        # Each proof of a query leaves dead rows there, which a kept server would look through ever longer.
        await connection.execute("vacuum pg_catalog.pg_proc, pg_catalog.pg_depend, pg_catalog.pg_namespace")
    return server.url(database)


async def _drop_others(url: str, database: str) -> None:
    """Drop the databases that other migrations, or an interrupted run, left on a kept server."""
    left = "select datname from pg_database where datname <> all(%s) and not datistemplate"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for (name,) in await (await connection.execute(left, [["postgres", "genji", database]])).fetchall():
            await connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _migrations_hash() -> str:
    files = sorted(MIGRATIONS.glob("*.sql"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:12]
