"""Start the parts of the embedded stack side by side, hand out their settings, stop them all."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from genjilib.local.clickhouse import ClickHouse
from genjilib.local.mail import Mail
from genjilib.local.postgres import Postgres
from genjilib.local.rabbitmq import RabbitMQ
from genjilib.local.s3 import S3
from genjilib.local.sentry import Sentry
from genjilib.local.service import Given, Service

NAMES = ("postgres", "rabbitmq", "s3", "mail", "sentry")
ALL = (*NAMES, "clickhouse")
"""Also what is started only when it is named."""


class Stack:
    """`async with Stack(services) as stack:` — all of them are up inside, none of them afterwards.

    `progress` is called with a line for people whenever something began or was done.
    """

    def __init__(
        self, services: Sequence[Service], *, progress: Callable[[str], None] = lambda _: None
    ) -> None:
        self.services = {service.name: service for service in services}
        self._progress = progress

    async def __aenter__(self) -> Self:
        starts = [asyncio.create_task(self._start(service)) for service in self.services.values()]
        try:
            # Not gather, which cancels too: a start that undoes itself must not be cancelled a second time.
            done, _ = await asyncio.wait(starts, return_when=asyncio.FIRST_EXCEPTION)
            for start in done:
                start.result()
        except BaseException:
            for start in starts:
                start.cancel()
            await asyncio.gather(*starts, return_exceptions=True)
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    def environment(self) -> dict[str, str]:
        """The settings of all services together."""
        merged: dict[str, str] = {}
        for service in self.services.values():
            merged |= service.environment()
        return merged

    async def _start(self, service: Service) -> None:
        began = time.monotonic()
        self._progress(f"› {service.name} …")
        await service.start()
        self._progress(f"✓ {service.name} {time.monotonic() - began:.1f} s")

    async def _stop(self) -> None:
        # A second Ctrl-C must not leave servers behind: the stops run on, and we wait for them.
        stops = asyncio.gather(
            *(service.stop() for service in self.services.values()), return_exceptions=True
        )
        await asyncio.shield(stops)


def embedded(
    directory: Path,
    names: Iterable[str] = NAMES,
    *,
    durable: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> list[Service]:
    """The named services, each with a folder below `directory`.

    A database, broker or ClickHouse that `environ` names by DATABASE_URL, AMQP_URL or CLICKHOUSE_URL is used
    instead of a new one.
    `durable` is for data that is kept: fsync on, and an orderly stop.
    """
    makers: dict[str, Callable[[Path], Service]] = {
        "postgres": lambda path: given_postgres(environ) or Postgres(path, durable=durable),
        "rabbitmq": lambda path: given_rabbitmq(environ) or RabbitMQ(path, durable=durable),
        "s3": S3,
        "mail": Mail,
        "sentry": Sentry,
        "clickhouse": lambda path: given_clickhouse(environ) or ClickHouse(path),
    }
    return [makers[name](directory / name) for name in names]


def given_postgres(environ: Mapping[str, str]) -> Given | None:
    """The database server of DATABASE_URL."""
    url = environ.get("DATABASE_URL")
    return Given("postgres", {"DATABASE_URL": url}) if url else None


def given_clickhouse(environ: Mapping[str, str]) -> Given | None:
    """The ClickHouse of CLICKHOUSE_URL."""
    url = environ.get("CLICKHOUSE_URL")
    return Given("clickhouse", {"CLICKHOUSE_URL": url}) if url else None


def given_rabbitmq(environ: Mapping[str, str]) -> Given | None:
    """The broker of AMQP_URL; its management is at RABBITMQ_MANAGEMENT_URL, or else on the usual port."""
    url = environ.get("AMQP_URL")
    if not url:
        return None
    parts = urlsplit(url)
    credentials = parts.netloc.rpartition("@")[0] or "guest:guest"
    usual = f"http://{credentials}@{parts.hostname}:15672"
    management = environ.get("RABBITMQ_MANAGEMENT_URL") or usual
    return Given("rabbitmq", {"AMQP_URL": url, "RABBITMQ_MANAGEMENT_URL": management})
