"""Migrated databases: bringing one up to date, and a private one that is gone afterwards."""

import asyncio
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from genjilib.local import CHECKOUT
from genjilib.local.postgres import Postgres
from genjilib.local.processes import run

MIGRATIONS = CHECKOUT / "sql" / "migrations"


async def migrate(url: str) -> None:
    """Create the database that ``url`` names where it is missing, and run all migrations in it."""
    dbmate = CHECKOUT / ".venv/bin/dbmate"
    flags = ["--migrations-dir", MIGRATIONS, "--no-dump-schema"]
    await run([dbmate, *flags, "up", "--strict"], environment={**os.environ, "DATABASE_URL": plain(url)})


def plain(url: str) -> str:
    """Return the URL as dbmate takes it: it insists on encryption unless told that there is none."""
    return url if "sslmode=" in url else f"{url}{'&' if '?' in url else '?'}sslmode=disable"


@contextmanager
def scratch_database() -> Generator[str]:
    """Run a PostgreSQL of our own while the block runs, and yield the URL of a migrated database in it."""
    with tempfile.TemporaryDirectory(prefix="genji-scratch-") as folder:
        server = Postgres(Path(folder), durable=False)
        try:
            asyncio.run(_begin(server))
            yield server.url()
        finally:
            asyncio.run(server.stop())


async def _begin(server: Postgres) -> None:
    await server.start()
    await migrate(server.url())
