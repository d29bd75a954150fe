"""Making a backup: pg_dump and the contents of all tables, both seen in one snapshot."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import IO, Any

from psycopg import AsyncConnection

from genjilib.broker import topology
from genjilib.core import clock
from genjilib.core.errors import Conflict, Unavailable
from genjilib.ops.backup import age, content, manifest
from genjilib.ops.backup.manifest import Manifest
from genjilib.ops.backup.sink import BLOCK, Sink, Upload
from genjilib.ops.postgres import Target, program

Advance = Callable[[int], None]

_LOCK = 0x67656E6A69  # "genji": one backup of a database at a time

_FACTS = """
    select current_setting('server_version_num')::int / 10000, current_setting('server_version'),
      pg_encoding_to_char(encoding), pg_export_snapshot(),
      (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text
    from pg_database where datname = current_database()
"""


async def create(target: Target, sink: Sink, advance: Advance, *, recipients: str | None = None) -> Manifest:
    """Back up the database ``target`` into ``sink``; ``advance`` is called with the bytes written.

    With ``recipients``, age's public keys, the dump is encrypted; the manifest is not: it holds no contents.
    Raises ``Conflict`` when another backup of it is running, ``Unavailable`` when the place is full or
    PostgreSQL goes away. Nothing is left of a backup that failed.
    """
    keys = None if recipients is None else age.recipients(recipients)
    started, created_at, backup = clock.monotonic(), clock.now(), manifest.new_id()
    async with _snapshot(target) as connection:
        row = await (await connection.execute(_FACTS)).fetchone()
        assert row is not None
        major, version, encoding, snapshot, lsn = row
        schema_version = await _schema_version(connection)
        # Both read the same snapshot, so that the dump and the contents agree while others go on writing.
        contents = asyncio.create_task(content.read(connection))
        roles = asyncio.create_task(_roles(target, major))
        try:
            async with sink.create(manifest.dump_name(backup)) as upload:
                size, digest = await _dump(target, major, snapshot, upload, advance, keys)
                tables, setup = await contents, await roles
        finally:
            contents.cancel()
            roles.cancel()
            await asyncio.wait({contents, roles})
    made = Manifest(
        id=backup, created_at=created_at, seconds=round(clock.monotonic() - started, 3),
        database=target.database, encoding=encoding, postgresql=version, lsn=lsn,
        schema_version=schema_version, size_bytes=size, sha256=digest, tables=tables,
        encrypted=keys is not None, roles=setup, broker=topology.definitions(),
    )  # fmt: skip
    await _publish(sink, made)
    return made


async def _publish(sink: Sink, made: Manifest) -> None:
    try:
        await manifest.save(sink, made)
    except BaseException:
        await sink.delete(manifest.dump_name(made.id))
        raise


@asynccontextmanager
async def _snapshot(target: Target) -> AsyncGenerator[AsyncConnection[Any]]:
    """Open a transaction that sees one moment, and keep a second backup away until it ends."""
    async with await target.connect("genji-backup") as connection:
        await content.prepare(connection)
        locked = await (await connection.execute("select pg_try_advisory_lock(%s)", (_LOCK,))).fetchone()
        if locked != (True,):
            raise Conflict(f"Another backup of {target.database} is running.", code="backup-running")
        await connection.execute("begin isolation level repeatable read, read only")
        yield connection


async def _schema_version(connection: AsyncConnection[Any]) -> str | None:
    exists = await (await connection.execute("select to_regclass('public.schema_migrations')")).fetchone()
    if exists in (None, (None,)):
        return None
    row = await (await connection.execute("select max(version) from public.schema_migrations")).fetchone()
    return row[0] if row else None


async def _roles(target: Target, major: int) -> str:
    process = await asyncio.create_subprocess_exec(
        program("pg_dumpall", major), "--roles-only", "--no-role-passwords", "--no-password",
        f"--dbname={target.argument()}",
        env=target.environment(), stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    async with finishing(process) as said:
        assert process.stdout is not None
        text = await process.stdout.read()
    if process.returncode != 0:
        raise Unavailable(f"pg_dumpall failed: {said()}", after=60)
    return text.decode()


async def _dump(
    target: Target, major: int, snapshot: str, upload: Upload, advance: Advance, keys: list[Any] | None
) -> tuple[int, str]:
    """Run pg_dump into ``upload`` and return size and SHA-256 of what is kept."""
    output, writing = await _pipe()
    with writing:
        process = await asyncio.create_subprocess_exec(
            # Level 3 takes twice the CPU, which the dump waits for, and saves next to nothing.
            program("pg_dump", major), "--format=custom", "--compress=zstd:1", f"--snapshot={snapshot}",
            "--no-password", f"--dbname={target.argument()}",
            env=target.environment(), stdout=writing, stderr=PIPE,
        )  # fmt: skip
    size, digest = 0, hashlib.sha256()
    async with finishing(process) as said:
        blocks = _blocks(output)
        async with aclosing(blocks if keys is None else age.encrypt(blocks, keys)) as kept:
            async for block in kept:
                digest.update(block)
                await upload.write(block)
                size += len(block)
                advance(len(block))
    if process.returncode != 0:
        raise Unavailable(f"pg_dump failed: {said()}", after=60)
    return size, digest.hexdigest()


async def _pipe() -> tuple[asyncio.StreamReader, IO[bytes]]:
    """Make a pipe that holds a whole block, so that who writes and who reads seldom wait for each other."""
    reading, writing = (os.fdopen(number, mode) for number, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, BLOCK)
    output = asyncio.StreamReader(limit=4 * BLOCK)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), reading)
    return output, writing


async def _blocks(output: asyncio.StreamReader) -> AsyncGenerator[bytes]:
    """Yield whole blocks: a pipe gives 64 KiB at once, and each costs a way to another thread and back."""
    try:
        while True:
            yield await output.readexactly(BLOCK)
    except asyncio.IncompleteReadError as end:
        if end.partial:
            yield end.partial


@asynccontextmanager
async def finishing(process: Process) -> AsyncGenerator[Callable[[], str]]:
    """Wait for ``process`` at the end, kill it when the block fails; yields what tells its error output."""
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    try:
        yield lambda: said.result().decode(errors="replace").strip()
        await process.wait()
        await said
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if not said.done():
            said.cancel()
