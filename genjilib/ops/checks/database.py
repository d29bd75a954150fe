"""Checks of PostgreSQL, and of the messages that wait in it."""

import re
from datetime import timedelta

from genjilib import queries
from genjilib.core import clock
from genjilib.core.errors import GenjiError
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.db.statement import SQL_ROOT
from genjilib.ops import dbmate, postgres
from genjilib.ops.checks.finding import Finding, where_it_counts
from genjilib.ops.shell import PROGRAM
from genjilib.ops.tables import size

OLDEST_WAITING = timedelta(minutes=1)
RUNNERS = 4
"""Processes that need connections at the least: API, worker, bot, and one of them a second time."""
LARGEST_SKEW = timedelta(seconds=2)
OLDEST_POSTGRESQL = 17


async def check_database(settings: Settings | None) -> list[Finding]:
    """Look at PostgreSQL: reachable, new enough, set up safely, migrated, with the same idea of the time."""
    try:
        async with postgres.database() as db:
            migrations = await _migrations(db)
            found = [
                *await _server(db),
                *await _installed(db, settings),
                migrations,
                await _clock(db),
            ]
            # Without the tables of messages there is more to mend first.
            return found if migrations.state == "wrong" else [*found, *await _messages(db)]
    except GenjiError as error:
        return [Finding("postgresql", "wrong", error.detail, "start PostgreSQL, or correct DATABASE_URL")]


async def _server(db: Db) -> list[Finding]:
    server = await queries.ops.server(db)
    major = server.version // 10000
    said = f"{server.version_text}, database {server.database} of {size(server.size_bytes)}"
    if major < OLDEST_POSTGRESQL:
        mend = f"upgrade PostgreSQL to {OLDEST_POSTGRESQL} or newer"
        return [Finding("postgresql", "wrong", said, mend), _programs(major)]
    return [Finding("postgresql", "ok", said), _programs(major)]


def _programs(major: int) -> Finding:
    """Look for the programs that backups and migrations start."""
    try:
        for name in ("pg_dump", "pg_restore"):
            postgres.program(name, major)
    except GenjiError as error:
        return Finding("programs", "wrong", error.detail, f"apt-get install postgresql-client-{major}")
    return Finding("programs", "ok", f"pg_dump and pg_restore fit PostgreSQL {major}")


async def _installed(db: Db, settings: Settings | None) -> list[Finding]:
    """Look at extensions and at the settings of PostgreSQL that data depends on."""
    found = await queries.ops.installed(db)
    grave, alter = where_it_counts(settings), "psql -c 'alter system set {} = on', then restart PostgreSQL"
    wrong = [
        Finding("server settings", grave, f"{name} is off: {what}", alter.format(name))
        for name, on, what in (
            ("fsync", found.fsync, "a power cut loses or destroys data"),
            ("full_page_writes", found.full_page_writes, "a power cut may destroy data"),
            ("synchronous_commit", found.synchronous_commit, "a crash loses what was answered"),
            ("autovacuum", found.autovacuum, "tables grow without end"),
        )
        if not on
    ]
    if found.encoding != "UTF8":
        said = f"the database is encoded as {found.encoding}"
        wrong.append(
            Finding("server settings", "wrong", said, f"{PROGRAM} backup restore latest, into one in UTF8")
        )
    if not found.data_checksums:
        said = "data checksums are off: a failing disk is not noticed"
        wrong.append(
            Finding("server settings", "note", said, "pg_checksums --enable, while PostgreSQL is stopped")
        )
    if not found.statement_statistics:
        mend = "add pg_stat_statements to shared_preload_libraries"
        wrong.append(Finding("server settings", "note", "no statistics of statements are kept", mend))
    if settings:
        needed = RUNNERS * (settings.database_pool_size + settings.database_pipelines + 1)
        if needed > found.max_connections:
            said = f"{found.max_connections} connections are allowed, {RUNNERS} runners may want {needed}"
            wrong.append(
                Finding("server settings", grave, said, "raise max_connections, or lower DATABASE_POOL_SIZE")
            )
    if not wrong:
        wrong.append(Finding("server settings", "ok", "safe, and room for all runners"))
    wanted = set(re.findall(r"^CREATE EXTENSION IF NOT EXISTS (\w+)", _schema(), re.MULTILINE))
    if missing := sorted(wanted - set(found.extensions)):
        said = f"the extensions {', '.join(missing)} are missing"
        wrong.append(Finding("extensions", "wrong", said, f"{PROGRAM} migrate up"))
    else:
        wrong.append(Finding("extensions", "ok", f"{', '.join(sorted(wanted))} installed"))
    return wrong


def _schema() -> str:
    return (SQL_ROOT / "schema.sql").read_text()


async def _migrations(db: Db) -> Finding:
    found = await dbmate.migrations(db)
    pending = [each for each in found if each.state == "pending"]
    unknown = [each.version for each in found if each.state == "unknown"]
    if pending:
        return Finding("migrations", "wrong", f"{len(pending)} pending", f"{PROGRAM} migrate up")
    if unknown:
        said = f"the database has {', '.join(unknown)}, which this release does not know"
        return Finding("migrations", "wrong", said, "deploy the release that the database was migrated for")
    applied = sum(each.state == "applied" for each in found)
    return Finding("migrations", "ok", f"all {applied} applied")


async def _clock(db: Db) -> Finding:
    before, started = clock.now(), clock.monotonic()
    server = (await queries.ops.server(db)).now
    middle = before + timedelta(seconds=(clock.monotonic() - started) / 2)
    skew = abs(server - middle)
    said = f"{skew.total_seconds():.3f} s from the database's"
    if skew > LARGEST_SKEW:
        return Finding("clock", "wrong", said, "timedatectl set-ntp true, here and on the database's machine")
    return Finding("clock", "ok", said)


async def _messages(db: Db) -> list[Finding]:
    dead = await queries.ops.dead_letters(db)
    waiting = await queries.messages.waiting(db)
    found = [
        Finding(
            "dead letters",
            "wrong",
            f"{row.messages} of {row.queue} by {row.error}, the oldest of {row.oldest:%F %T} UTC",
            f"{PROGRAM} dlq list --queue {row.queue} --error {row.error}",
        )
        for row in dead
    ] or [Finding("dead letters", "ok", "none")]
    said = f"{waiting.messages} messages wait to be published"
    if waiting.oldest_seconds > OLDEST_WAITING.total_seconds():
        said += f", the oldest for {waiting.oldest_seconds:.0f} s"
        return [*found, Finding("outbox", "wrong", said, "start the worker, or look at its log")]
    return [*found, Finding("outbox", "ok", said)]
