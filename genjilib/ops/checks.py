"""What the doctor looks at: each check returns findings, and never raises what a finding can say."""

import asyncio
import difflib
import re
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import aiohttp
from dotenv import dotenv_values

from genjilib import queries, storage
from genjilib.broker import mend
from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES
from genjilib.core import clock
from genjilib.core.errors import GenjiError, Invalid
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.db.statement import SQL_ROOT
from genjilib.ops import dbmate, postgres, schedule
from genjilib.ops.backup import manifest
from genjilib.ops.backup.sink import REMOTE, place
from genjilib.ops.shell import PROGRAM
from genjilib.ops.tables import size

OLDEST_WAITING = timedelta(minutes=1)
OLDEST_PROOF = timedelta(days=7)
PATIENCE = 5.0
"""Seconds that RabbitMQ and each service outside gets to answer."""
RUNNERS = 4
"""Processes that need connections at the least: API, worker, bot, and one of them a second time."""
LARGEST_SKEW = timedelta(seconds=2)
LEAST_FREE = 1_000_000_000
LEAST_SHARE = 0.05
OLDEST_POSTGRESQL = 17

State = Literal["ok", "note", "wrong"]

_SERVICES = (
    ("discord", "Discord", ("discord_token",)),
    ("mail", "mail", ("resend_api_key",)),
    ("s3", "stored images", ("aws_access_key_id", "aws_secret_access_key", "s3_endpoint_url")),
    ("sentry", "error reporting", ("sentry_dsn",)),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is the command that helps when it is not ``ok``."""

    check: str
    state: State
    finding: str
    mend: str | None = None


async def examine(backups: str, metrics: Path, prometheus: str | None) -> list[Finding]:
    """Look at everything, and go on where one thing is broken.

    ``backups`` is where they are kept, ``metrics`` the folder in which schedules note their success,
    ``prometheus`` the address of the server that watches everything.
    """
    try:
        settings = Settings.load()
    except Invalid as error:
        sentence = " ".join(error.detail.split())
        wrong = Finding("settings", "wrong", sentence, "cp .env.example .env, then fill it in")
        return [wrong, *_misspelt(), *await check_database(None), *check_disk(backups)]
    return [
        Finding("settings", "ok", "complete"),
        *_misspelt(),
        *await check_services(settings),
        *await check_database(settings),
        *await check_broker(settings),
        *await check_backups(backups, settings),
        *check_schedules(metrics, settings),
        *await check_watch(prometheus, settings),
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


def _where_it_counts(settings: Settings | None) -> State:
    """Return how grave something is that people rely on in staging and production only."""
    return "wrong" if settings and settings.app_environment in ("production", "staging") else "note"


async def check_services(settings: Settings) -> list[Finding]:
    """Ask the services outside whether they take what the settings say; name those that have none."""
    asked = {"discord": _ask_discord, "mail": _ask_mail, "s3": _ask_s3}
    found: list[Finding] = []
    for check, name, members in _SERVICES:
        values = settings.model_dump(include=set(members))
        missing = [member.upper() for member in members if not values[member]]
        if settings.r2_account_id and "S3_ENDPOINT_URL" in missing:
            missing.remove("S3_ENDPOINT_URL")
        if missing:
            mend = f"set {' and '.join(missing)} in .env"
            found.append(Finding(check, _where_it_counts(settings), f"{name} is switched off", mend))
        elif check in asked:
            found.append(await asked[check](settings))
        else:
            found.append(Finding(check, "ok", "settings are there"))
    return found


async def _ask_discord(settings: Settings) -> Finding:
    base = settings.discord_api_url or "https://discord.com/api/v10"
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    status, answer = await _get(f"{base}/users/@me", headers)
    if status in (401, 403):
        mend = "renew it at https://discord.com/developers, set DISCORD_TOKEN"
        return Finding("discord", "wrong", "refuses DISCORD_TOKEN", mend)
    return _answered("discord", status, f"knows the bot as {answer.get('username')}", base)


async def _ask_mail(settings: Settings) -> Finding:
    headers = {"Authorization": f"Bearer {settings.resend_api_key.get_secret_value()}"}
    status, answer = await _get(f"{settings.resend_api_url}/domains", headers)
    # A key that may only send mail is refused here under a name of its own.
    if status in (401, 403) and answer.get("name") != "restricted_api_key":
        mend = "renew it at https://resend.com/api-keys, set RESEND_API_KEY"
        return Finding("mail", "wrong", "refuses RESEND_API_KEY", mend)
    return _answered("mail", status, "answers", settings.resend_api_url)


async def _ask_s3(settings: Settings) -> Finding:
    from botocore.exceptions import BotoCoreError, ClientError

    def look() -> None:
        storage.client(settings).head_bucket(Bucket=settings.s3_bucket_name)

    mend = "correct S3_ENDPOINT_URL, S3_BUCKET_NAME and the AWS_ keys, or create the bucket"
    try:
        async with asyncio.timeout(2 * PATIENCE):
            await asyncio.to_thread(look)
    except (BotoCoreError, ClientError, TimeoutError) as error:
        said = f"the bucket {settings.s3_bucket_name} cannot be reached: {error or 'no answer'}"
        return Finding("s3", "wrong", said, mend)
    return Finding("s3", "ok", f"the bucket {settings.s3_bucket_name} is there")


async def _get(url: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return status and JSON object of a page; 0 where nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as http,
            http.get(url, headers=headers) as answer,
        ):
            body: Any = await answer.json(content_type=None) if answer.content_type.endswith("json") else {}
            return answer.status, cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0, {}


def _answered(check: str, status: int, well: str, address: str) -> Finding:
    if status == 0:
        return Finding(check, "wrong", f"{address} does not answer", "wait, or correct its address in .env")
    if status >= 500:
        return Finding(check, "wrong", f"{address} answers {status}", "wait until it has mended itself")
    return Finding(check, "ok", well)


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
    grave, alter = _where_it_counts(settings), "psql -c 'alter system set {} = on', then restart PostgreSQL"
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


async def check_broker(settings: Settings) -> list[Finding]:
    """Look at RabbitMQ: reachable, not blocked, and with every queue as the table of queues says."""
    away = Finding("rabbitmq", "wrong", "does not answer", "start RabbitMQ, or correct AMQP_URL")
    if not await _listens(settings.amqp_url.get_secret_value()):
        return [away]
    async with Broker.open(settings, name="doctor") as broker:
        try:
            await asyncio.wait_for(broker.publishable.wait(), PATIENCE)
        except TimeoutError:
            said, mend_ = "refuses messages: too little memory or disk", "rabbitmq-diagnostics alarms"
            return [Finding("rabbitmq", "wrong", said, mend_) if broker.blocked else away]
        drifts = await mend.find(broker)
    wrong = [Finding("rabbitmq", "wrong", _drift(drift), "genji topology mend") for drift in drifts]
    return wrong or [Finding("rabbitmq", "ok", f"all {len(QUEUES)} queues are there")]


async def _listens(url: str) -> bool:
    """Whether anybody takes connections there: where nobody does, nobody has to be waited for."""
    parts = urlsplit(url)
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), PATIENCE)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _drift(drift: mend.Drift) -> str:
    if drift.kind == "missing":
        return f"there is no queue {drift.name}"
    return f"{drift.name} has other arguments than its table says, and {drift.messages} messages"


async def check_backups(folder: str, settings: Settings) -> list[Finding]:
    """Look for a backup that was proved to be restorable not long ago."""
    state = _where_it_counts(settings)
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


def check_schedules(folder: Path, settings: Settings) -> list[Finding]:
    """Look when each schedule last succeeded."""
    state, found = _where_it_counts(settings), list[Finding]()
    for each in schedule.SCHEDULES:
        last = schedule.last(folder, each.name)
        mend = f"{PROGRAM} schedule run {each.name}"
        if last is None:
            found.append(Finding("schedule", state, f"{each.name} never succeeded, says {folder}", mend))
        elif clock.now() - last > each.patience:
            found.append(Finding("schedule", state, f"{each.name} last succeeded at {last:%F %T} UTC", mend))
    return found or [Finding("schedule", "ok", f"all {len(schedule.SCHEDULES)} succeeded in time")]


async def check_watch(address: str | None, settings: Settings) -> list[Finding]:
    """Ask Prometheus whether it reaches the metrics of everything, and which alerts fire."""
    if not address:
        said = "nobody watches: PROMETHEUS_URL is not set"
        return [Finding("prometheus", _where_it_counts(settings), said, "set PROMETHEUS_URL")]
    (status, targets), (_, alerts) = await asyncio.gather(
        *(_get(f"{address}/api/v1/{page}", {}) for page in ("targets?state=active", "alerts"))
    )
    if status != 200:
        return [Finding("prometheus", "wrong", f"{address} does not answer", "start Prometheus")]
    active = targets["data"]["activeTargets"]
    found = [
        Finding("metrics", "wrong", f"{each['scrapeUrl']} of {each['labels']['job']}: {each['lastError']}",
                f"start {each['labels']['job']}, or correct infra/prometheus/prometheus.yml")
        for each in active if each["health"] == "down"
    ] or [Finding("metrics", "ok", f"Prometheus reaches all {len(active)} targets")]  # fmt: skip
    firing = [each for each in alerts.get("data", {}).get("alerts", []) if each["state"] == "firing"]
    return [
        *found,
        *(
            Finding("alert", "wrong", f"{each['labels']['alertname']}: {each['annotations']['summary']}",
                    each["annotations"]["runbook"])
            for each in firing
        ),
    ]  # fmt: skip


def check_disk(folder: str) -> list[Finding]:
    """Look at the free space where backups go; here, where that is a bucket."""
    path = Path("" if folder.startswith(REMOTE) else folder).absolute()
    disk = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(disk)
    said = f"{size(usage.free)} of {size(usage.total)} free at {disk}"
    if usage.free < LEAST_FREE or usage.free < LEAST_SHARE * usage.total:
        return [Finding("disk", "wrong", said, f"make room at {disk}")]
    return [Finding("disk", "ok", said)]
