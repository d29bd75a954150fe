"""dbmate as a subprocess: which migrations there are, applying them, and who is in the way."""

import asyncio
import contextlib
import difflib
import os
import secrets
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from genjilib.core.errors import Conflict, Invalid, Unavailable
from genjilib.db import Db
from genjilib.db.statement import SQL_ROOT
from genjilib.ops.postgres import Target, program

MIGRATIONS = SQL_ROOT / "migrations"
SCHEMA = SQL_ROOT / "schema.sql"

FOLDED = "20261128150000"
"""Older migrations were folded into few (docs/decisions/0016); a database of before has their versions."""

_VERSION = "%Y%m%d%H%M%S"
_VERSIONS = "-- Dbmate schema migrations"
_LOCK_NOT_AVAILABLE = "(55P03)"
_SSL = ("sslrootcert", "sslcert", "sslkey")


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration; ``state`` is ``applied`` or ``pending``.

    Or the code has no such file: it is ``unknown``, or was ``folded`` into others that are applied.
    """

    version: str
    name: str
    state: str
    file: str | None


async def migrations(db: Db) -> list[Migration]:
    """Return the migrations of the code and of the database, oldest first."""
    files = _files()
    applied = await _applied(db)
    return [
        Migration(
            version,
            files[version].stem.partition("_")[2] if version in files else "",
            _state(version, files, applied),
            str(files[version]) if version in files else None,
        )
        for version in sorted({*files, *applied})
    ]


def _state(version: str, files: Container[str], applied: Container[str]) -> str:
    if version not in applied:
        return "pending"
    if version in files:
        return "applied"
    return "folded" if version < FOLDED else "unknown"


def _files() -> dict[str, Path]:
    return {path.name.split("_")[0]: path for path in MIGRATIONS.glob("*.sql")}


async def _applied(db: Db) -> set[str]:
    from genjilib import (
        queries,  # late: on a database that migrations build, stale queries are generated anew
    )

    try:
        return {row.version for row in await queries.ops.migrations(db)}
    except psycopg.errors.UndefinedTable:
        return set()


async def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    migrations: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Run dbmate to its end on the ``DATABASE_URL`` of ``environment``; nothing else starts it.

    Raises ``Unavailable`` when somebody holds a lock that it needs and ``Conflict`` for all else it refuses.
    """
    command = [str(Path(sys.executable).with_name("dbmate")), "--env-file", os.devnull]
    command += ["--migrations-dir", str(migrations or MIGRATIONS), *arguments]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        _, said = await asyncio.gather(_relay(process, tell), _all(process))
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if code != 0:
        raise _failure(said)


async def _relay(process: Process, tell: Callable[[str], None]) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if line.startswith((b"Appl", b"Roll")):
            tell(line.decode(errors="replace").rstrip())


class Dbmate:
    """dbmate on one database; each migration it begins and ends is passed to ``tell``."""

    def __init__(self, target: Target, tell: Callable[[str], None]) -> None:
        """Work on the database ``target``."""
        self._target = target
        self._tell = tell

    async def new(self, name: str) -> Path:
        """Write an empty migration and return its path."""
        before = _files()
        await self._run(["new", name], dict(os.environ))
        (made,) = set(_files()) - set(before)
        path = _files()[made]
        newest = max(before, default="0")
        if made > newest:
            return path
        # The newest one carries a time to come: after it, or `up` would run this one in the middle.
        later = datetime.strptime(newest, _VERSION).replace(tzinfo=UTC) + timedelta(seconds=1)
        return path.rename(path.with_name(f"{later:{_VERSION}}_{name}.sql"))

    async def change(self, db: Db, *verb: str, lock_timeout: float) -> None:
        """Run a verb that changes the schema; while it waits for a lock, tell who holds it.

        Raises ``Unavailable`` when a lock did not come within ``lock_timeout`` seconds and ``Conflict`` when
        PostgreSQL refused a migration. Each migration is a transaction: the one that failed left nothing.
        """
        name = f"genji-migrate-{secrets.token_hex(4)}"
        environment = {
            **os.environ,
            "DATABASE_URL": await self._url(application_name=name, options=_options(lock_timeout)),
        }
        watch = asyncio.create_task(self._watch(db, name))
        try:
            await self._run(["--migration-lock", "--no-dump-schema", *verb], environment)
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def drift(self, major: int) -> list[str]:
        """Return how the database's schema differs from sql/schema.sql, as lines of a diff."""
        with tempfile.TemporaryDirectory() as folder:
            dumped = Path(folder) / "schema.sql"
            await self.dump(major, dumped)
            return _difference(SCHEMA.read_text() if SCHEMA.exists() else "", dumped.read_text())

    async def dump(self, major: int, to: Path) -> None:
        """Write the schema of the database, which runs on PostgreSQL ``major``, to the file ``to``."""
        # dbmate starts the first pg_dump of PATH, and one older than the server refuses to work.
        tools = f"{program('pg_dump', major).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = {**os.environ, "PATH": tools, "DATABASE_URL": await self._url()}
        await self._run(["--schema-file", str(to), "dump"], environment)

    async def _url(self, **more: str) -> str:
        connection = await self._target.connect()
        encrypted = connection.pgconn.ssl_in_use
        await connection.close()
        mode = self._target.parameters.get("sslmode", "prefer")
        # dbmate's driver knows no "prefer": ask for what libpq settled on.
        more["sslmode"] = mode if mode not in ("allow", "prefer") else "require" if encrypted else "disable"
        return self._target.url(
            **more, **{name: value for name, value in self._target.parameters.items() if name in _SSL}
        )

    async def _run(self, arguments: list[str], environment: dict[str, str]) -> None:
        await run(arguments, environment, tell=self._tell)

    async def _watch(self, db: Db, name: str) -> None:
        from genjilib import queries

        told: set[int | None] = set()
        while True:
            await asyncio.sleep(1)
            for holder in await queries.ops.blockers(db, name=name):
                if holder.pid not in told:
                    told.add(holder.pid)
                    self._tell(
                        f"Waiting for a lock held by {holder.name} (pid {holder.pid}, role {holder.role}, "
                        f"{holder.state}, transaction open for {holder.seconds:.0f} s): {holder.query}"
                    )


async def _all(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode(errors="replace").strip()


def _failure(said: str) -> Unavailable | Conflict | Invalid:
    sentence = said.removeprefix("Error: ")
    if _LOCK_NOT_AVAILABLE in sentence or "migration lock" in sentence:
        return Unavailable(
            f"Somebody holds a lock that the migration needs; nothing was changed. ({sentence})", after=60
        )
    return Conflict(f"The migration was refused and undone: {sentence}", code="migration-failed")


def _options(lock_timeout: float) -> str:
    return f"-c lock_timeout={round(lock_timeout * 1000)}"


def _difference(expected: str, found: str) -> list[str]:
    names = (str(SCHEMA.name), "database")
    diff = difflib.unified_diff(_essence(expected), _essence(found), *names, lineterm="", n=1)
    return list(diff)


def _essence(schema: str) -> list[str]:
    r"""Return the lines that mean something: no comment, setting or version, no ``\restrict`` of pg_dump."""
    return [
        line.rstrip()
        for line in schema.partition(_VERSIONS)[0].splitlines()
        if line.strip() and not line.startswith(("--", "SET ", "SELECT pg_catalog.set_config", "\\"))
    ]
