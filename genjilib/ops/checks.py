"""What the doctor looks at: each check returns findings, and never raises what a finding can say."""

import asyncio
import difflib
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values

from genjilib import queries
from genjilib.broker import mend
from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES
from genjilib.core import clock
from genjilib.core.errors import GenjiError, Invalid
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.ops import dbmate, postgres
from genjilib.ops.backup import manifest
from genjilib.ops.backup.sink import REMOTE, place
from genjilib.ops.shell import PROGRAM
from genjilib.ops.tables import size

OLDEST_WAITING = timedelta(minutes=1)
OLDEST_PROOF = timedelta(days=7)
PATIENCE = 5.0
"""Seconds that RabbitMQ gets to answer."""
LARGEST_SKEW = timedelta(seconds=2)
LEAST_FREE = 1_000_000_000
LEAST_SHARE = 0.05
OLDEST_POSTGRESQL = 17

State = Literal["ok", "note", "wrong"]

_SERVICES = (
    ("discord", "Discord", ("discord_token",)),
    ("mail", "mail", ("resend_api_key",)),
    ("s3", "stored images", ("aws_access_key_id", "aws_secret_access_key", "s3_endpoint_url")),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is the command that helps when it is not ``ok``."""

    check: str
    state: State
    finding: str
    mend: str | None = None


async def examine(backups: str) -> list[Finding]:
    """Look at everything, and go on where one thing is broken."""
    try:
        settings = Settings.load()
    except Invalid as error:
        sentence = " ".join(error.detail.split())
        wrong = Finding("settings", "wrong", sentence, "cp .env.example .env, then fill it in")
        return [wrong, *_misspelt(), *await check_database(), *check_disk(backups)]
    return [
        Finding("settings", "ok", "complete"),
        *_misspelt(),
        *check_services(settings),
        *await check_database(),
        *await check_broker(settings),
        *await check_backups(backups, settings),
        *check_disk(backups),
    ]


def _misspelt() -> list[Finding]:
    """Name what .env sets and nobody reads, where it looks like a setting; the rest may be others'."""
    known = [name.upper() for name in Settings.model_fields]
    try:
        given = dotenv_values(".env")
    except (OSError, UnicodeDecodeError):
        return []  # said by the settings themselves
    meant = {
        name: difflib.get_close_matches(name, known, n=1, cutoff=0.8) for name in given if name not in known
    }
    return [
        Finding(
            "settings", "wrong", f".env sets {name}, which nothing reads", f"call it {close[0]}, or remove it"
        )
        for name, close in meant.items()
        if close
    ]


def check_services(settings: Settings) -> list[Finding]:
    """Say which services outside have no settings; that is wrong where people rely on them."""
    state: State = "wrong" if settings.app_environment in ("production", "staging") else "note"
    found: list[Finding] = []
    for check, name, members in _SERVICES:
        values = settings.model_dump(include=set(members))
        missing = [member.upper() for member in members if not values[member]]
        if settings.r2_account_id and "S3_ENDPOINT_URL" in missing:
            missing.remove("S3_ENDPOINT_URL")
        if missing:
            mend = f"set {' and '.join(missing)} in .env"
            found.append(Finding(check, state, f"{name} is switched off", mend))
        else:
            found.append(Finding(check, "ok", "settings are there"))
    return found


async def check_database() -> list[Finding]:
    """Look at PostgreSQL: reachable, new enough, migrated, with the same idea of the time."""
    try:
        async with postgres.database() as db:
            found = [await _version(db), await _migrations(db), await _clock(db)]
            # Without the tables of messages there is more to mend first.
            return found if found[1].state == "wrong" else [*found, *await _messages(db)]
    except GenjiError as error:
        return [Finding("postgresql", "wrong", error.detail, "start PostgreSQL, or correct DATABASE_URL")]


async def _version(db: Db) -> Finding:
    server = await queries.ops.server(db)
    said = f"{server.version_text}, database {server.database} of {size(server.size_bytes)}"
    if server.version // 10000 < OLDEST_POSTGRESQL:
        return Finding("postgresql", "wrong", said, f"upgrade PostgreSQL to {OLDEST_POSTGRESQL} or newer")
    return Finding("postgresql", "ok", said)


async def _migrations(db: Db) -> Finding:
    found = await dbmate.migrations(db)
    pending = [each for each in found if each.state == "pending"]
    unknown = [each.version for each in found if each.state == "unknown"]
    if pending:
        return Finding("migrations", "wrong", f"{len(pending)} pending", f"{PROGRAM} migrate up")
    if unknown:
        said = f"the database has {', '.join(unknown)}, which this release does not know"
        return Finding("migrations", "wrong", said, "deploy the release that the database was migrated for")
    return Finding("migrations", "ok", f"all {len(found)} applied")


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


async def check_broker(settings: Settings) -> list[Finding]:
    """Look at RabbitMQ: reachable, not blocked, and with every queue as the table of queues says."""
    async with Broker.open(settings, name="doctor") as broker:
        try:
            await asyncio.wait_for(broker.publishable.wait(), PATIENCE)
        except TimeoutError:
            said = "refuses messages: too little memory or disk" if broker.blocked else "does not answer"
            help_ = "rabbitmq-diagnostics alarms" if broker.blocked else "start RabbitMQ, or correct AMQP_URL"
            return [Finding("rabbitmq", "wrong", said, help_)]
        drifts = await mend.find(broker)
    wrong = [Finding("rabbitmq", "wrong", _drift(drift), "genji topology mend") for drift in drifts]
    return wrong or [Finding("rabbitmq", "ok", f"all {len(QUEUES)} queues are there")]


def _drift(drift: mend.Drift) -> str:
    if drift.kind == "missing":
        return f"there is no queue {drift.name}"
    return f"{drift.name} has other arguments than its table says, and {drift.messages} messages"


async def check_backups(folder: str, settings: Settings) -> list[Finding]:
    """Look for a backup that was proved to be restorable not long ago."""
    state: State = "wrong" if settings.app_environment in ("production", "staging") else "note"
    try:
        entries = await manifest.every(place(folder))
    except GenjiError as error:
        return [
            Finding("backup", "wrong", error.detail, "correct BACKUP_FOLDER and the settings of S3 or R2")
        ]
    proved = [entry for entry in entries if entry.get("proved_at") is not None]
    broken = [entry["id"] for entry in entries if entry["state"] != "whole"]
    found = [
        Finding("backup", "wrong", f"backup {which} is damaged", f"{PROGRAM} backup verify {which}")
        for which in broken
    ]
    if not entries:
        return [*found, Finding("backup", state, f"there is none in {folder}", f"{PROGRAM} backup create")]
    if not proved:
        return [*found, Finding("backup", state, "none was ever proved", f"{PROGRAM} backup verify latest")]
    age = clock.now() - max(entry["created_at"] for entry in proved)
    said = f"the newest proved one is {age.total_seconds() / 86400:.1f} days old"
    if age > OLDEST_PROOF:
        mend = f"{PROGRAM} backup create && {PROGRAM} backup verify latest"
        return [*found, Finding("backup", state, said, mend)]
    return [*found, Finding("backup", "ok", said)]


def check_disk(folder: str) -> list[Finding]:
    """Look at the free space where backups go; here, where that is a bucket."""
    path = Path("" if folder.startswith(REMOTE) else folder).absolute()
    disk = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(disk)
    said = f"{size(usage.free)} of {size(usage.total)} free at {disk}"
    if usage.free < LEAST_FREE or usage.free < LEAST_SHARE * usage.total:
        return [Finding("disk", "wrong", said, f"make room at {disk}")]
    return [Finding("disk", "ok", said)]
