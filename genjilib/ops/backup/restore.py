"""Bringing a backup back: into a scratch database, compared with the manifest, then under its name."""

import asyncio
import hashlib
import secrets
import shlex
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import AsyncConnection, sql

from genjilib.core import clock
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.ops.backup import age, content, manifest
from genjilib.ops.backup.dump import Advance, finishing
from genjilib.ops.backup.manifest import Manifest, Proof
from genjilib.ops.backup.sink import Sink
from genjilib.ops.postgres import Target, program

SCRATCH = "genji_scratch_"
"""How the names of scratch databases begin; what a killed run left is removed by the next."""

_RENAME = sql.SQL("alter database {} rename to {}")
_OTHERS = (
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
)


async def check_file(sink: Sink, wanted: Manifest, advance: Advance) -> None:
    """Raise ``Conflict`` unless the dump is, byte for byte, the one that the manifest was written for."""
    digest = hashlib.sha256()
    async for block in sink.read(manifest.dump_name(wanted.id)):
        digest.update(block)
        advance(len(block))
    if digest.hexdigest() != wanted.sha256:
        raise Conflict(f"Backup {wanted.id} was damaged: its SHA-256 is another one.", code="backup-damaged")


async def check_target(target: Target, typed: str | None = None, *, live: bool = False) -> None:
    """Raise ``Conflict`` unless the database may be made.

    It may when it does not exist, or has no tables; one that has them, or is ``live``, only when its name was
    ``typed`` once more. Never while somebody uses it.
    """
    if typed is not None and typed != target.database:
        raise Invalid(f'The target is "{target.database}", not "{typed}".', code="target-not-typed")
    if live and typed is None:
        raise Conflict(
            f'"{target.database}" is production\'s database. Restore into a new name (--into), or pass '
            f"--replace {shlex.quote(target.database)}.",
            code="target-is-live",
        )
    try:
        connection = await target.connect()
    except NotFound:
        return
    async with connection:
        count = len(await content.tables(connection))
        used = await (await connection.execute(_OTHERS)).fetchone()
    if count and typed is None:
        raise Conflict(
            f'Database "{target.database}" has {count} tables already. Restore into a new name (--into), or '
            f"set it aside (--replace {shlex.quote(target.database)}).",
            code="target-not-empty",
        )
    if used != (0,):
        raise _in_use(target)


async def restore(
    target: Target,
    sink: Sink,
    wanted: Manifest,
    advance: Advance,
    *,
    old: Literal["refuse", "aside", "drop"] = "refuse",
    identity: Path | None = None,
    then: Callable[[Target], Awaitable[None]] | None = None,
) -> int:
    """Make the database ``target`` of a backup and return how many rows it has.

    Nobody sees it under its name before it is compared with the manifest, and ``then`` has changed what it
    likes. ``old`` says what becomes of a database of that name: ``refuse`` one that has tables, set it
    ``aside`` under a name that tells the time, or ``drop`` it with all who use it. ``identity`` is the file
    with age's secret key. Raises ``Conflict`` when the dump was damaged, the target is not empty or the
    contents differ; the server is then as it was before.
    """
    keys = age.identities(identity) if wanted.encrypted else []
    if old != "drop":
        await check_target(target, target.database if old == "aside" else None)
    await check_file(sink, wanted, lambda _: None)
    async with _scratch(target, wanted) as scratch:
        await _load(scratch, sink, wanted, advance, keys)
        problems = await _problems(scratch, wanted)
        if problems:
            raise Conflict(f"The restored database is wrong: {'; '.join(problems)}.", code="restore-differs")
        if then is not None:
            await then(scratch)
        await _take_name(scratch, target, old)
    return wanted.rows


async def verify(
    server: Target, sink: Sink, wanted: Manifest, advance: Advance, *, identity: Path | None = None
) -> Proof:
    """Restore a backup into a scratch database of ``server``, compare, write down and return the outcome."""
    keys = age.identities(identity) if wanted.encrypted else []
    started, queries, version = clock.monotonic(), None, ""
    try:
        await check_file(sink, wanted, lambda _: None)
        async with _scratch(server, wanted) as scratch:
            await _load(scratch, sink, wanted, advance, keys)
            problems = await _problems(scratch, wanted)
            version = await _server_version(scratch)
            queries, refused = await asyncio.to_thread(_plan_queries, scratch, wanted)
            problems += refused
    except (Conflict, NotFound) as error:
        problems = [error.detail]
    proof = Proof(
        id=wanted.id, verified_at=clock.now(), seconds=round(clock.monotonic() - started, 3),
        postgresql=version, tables=len(wanted.tables), rows=wanted.rows, queries=queries, problems=problems,
    )  # fmt: skip
    await manifest.save_proof(sink, proof)
    return proof


@asynccontextmanager
async def _scratch(server: Target, wanted: Manifest) -> AsyncGenerator[Target]:
    """Make an empty database of a name nobody uses; drop it at the end, unless it was renamed."""
    number = secrets.randbits(48)
    name = f"{SCRATCH}{number:012x}"
    async with await server.named("postgres").connect() as admin:
        await _drop_abandoned(admin)
        await admin.execute("select pg_advisory_lock(%s)", (number,))
        await admin.execute(
            sql.SQL("create database {} template template0 encoding {}").format(
                sql.Identifier(name), sql.Literal(wanted.encoding)
            )
        )
        try:
            yield server.named(name)
        finally:
            await _drop(admin, name)


async def _drop_abandoned(admin: AsyncConnection[Any]) -> None:
    """Drop scratch databases whose makers were killed: nobody holds the lock of their number."""
    rows = await admin.execute("select datname from pg_database where starts_with(datname, %s)", (SCRATCH,))
    for (name,) in await rows.fetchall():
        number = int(str(name).removeprefix(SCRATCH), 16)
        row = await (await admin.execute("select pg_try_advisory_lock(%s)", (number,))).fetchone()
        if row == (True,):
            await _drop(admin, name)
            await admin.execute("select pg_advisory_unlock(%s)", (number,))


async def _drop(admin: AsyncConnection[Any], name: str) -> None:
    await admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


async def _load(scratch: Target, sink: Sink, wanted: Manifest, advance: Advance, keys: list[Any]) -> None:
    """Stream the dump through pg_restore, checking its hash on the way once more."""
    process = await asyncio.create_subprocess_exec(
        program("pg_restore", int(wanted.postgresql.split(".")[0])),
        "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", f"--dbname={scratch.argument()}",
        env=scratch.environment(), stdin=PIPE, stdout=DEVNULL, stderr=PIPE,
    )  # fmt: skip
    digest = hashlib.sha256()

    async def stored() -> AsyncGenerator[bytes]:
        async for block in sink.read(manifest.dump_name(wanted.id)):
            digest.update(block)
            advance(len(block))
            yield block

    async with (
        finishing(process) as said,
        aclosing(age.decrypt(stored(), keys) if wanted.encrypted else stored()) as blocks,
    ):
        assert process.stdin is not None
        async for block in blocks:
            try:
                process.stdin.write(block)
                await process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError):
                break
        process.stdin.close()
    if process.returncode != 0:
        raise Conflict(f"pg_restore failed: {said()}", code="restore-failed")
    if digest.hexdigest() != wanted.sha256:
        raise Conflict(f"Backup {wanted.id} changed while it was read.", code="backup-damaged")


async def _problems(scratch: Target, wanted: Manifest) -> list[str]:
    async with await scratch.connect() as connection:
        await connection.execute("analyze")
        await content.prepare(connection)
        found = content.differences(wanted.tables, await content.read(connection))
        rows = await connection.execute("select conname from pg_constraint where not convalidated")
        return found + [f"constraint {name} is not valid" for (name,) in await rows.fetchall()]


async def _take_name(scratch: Target, target: Target, old: Literal["refuse", "aside", "drop"]) -> None:
    name = sql.Identifier(target.database)
    async with await target.named("postgres").connect() as admin:
        try:
            # A drop without force (of an empty one), and a rename, fail while somebody is connected.
            if old == "drop":
                await _drop(admin, target.database)
            elif old == "refuse":
                await admin.execute(
                    sql.SQL("drop database if exists {}").format(name)
                )  # empty, as was checked
            async with admin.transaction():
                found = await admin.execute("select from pg_database where datname = %s", (target.database,))
                if found.rowcount:
                    await admin.execute(_RENAME.format(name, sql.Identifier(_aside(target))))
                await admin.execute(_RENAME.format(sql.Identifier(scratch.database), name))
        except (psycopg.errors.ObjectInUse, psycopg.errors.DuplicateDatabase) as error:
            raise _in_use(target) from error


def _aside(target: Target) -> str:
    """Return the name for the database that a restored one replaces."""
    # Names have at most 63 bytes; PostgreSQL would cut off the time.
    begin = target.database.encode()[:40].decode(errors="ignore")
    return f"{begin}_before_{clock.now():%Y%m%d%H%M%S}"


def _in_use(target: Target) -> Conflict:
    return Conflict(f'Somebody uses the database "{target.database}".', code="target-in-use")


async def _server_version(scratch: Target) -> str:
    async with await scratch.connect() as connection:
        row = await (await connection.execute("show server_version")).fetchone()
        return str(row[0]) if row else ""


def _plan_queries(scratch: Target, wanted: Manifest) -> tuple[int | None, list[str]]:
    """Prepare every query of this release on the restored database, when the backup is of its schema."""
    from genjilib.db import scan
    from genjilib.db.statement import SQL_ROOT

    newest = max((path.name.split("_")[0] for path in (SQL_ROOT / "migrations").glob("*.sql")), default=None)
    if newest is None or wanted.schema_version != newest:
        return None, []
    count, refused, root = 0, list[str](), SQL_ROOT / "queries"
    with psycopg.connect(scratch.conninfo()) as connection:
        for path in sorted(root.rglob("*.sql")):
            file = scan.parse(str(path.relative_to(root)), path.read_text())
            for key in file.variants():
                count += 1
                result = connection.pgconn.prepare(b"", file.compile(key).text.encode())
                if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    refused.append(f"{file.name}: {result.get_error_message().splitlines()[0]}")
    return count, refused
