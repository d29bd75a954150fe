"""The ground of a test run: servers that all workers share, a migrated template, and its quick copies."""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pika
import psutil
import psycopg
from psycopg import sql

from genjilib.local import kept
from genjilib.local.roles import grant
from genjilib.local.scratch import migrate
from genjilib.local.stack import given_postgres, given_rabbitmq
from tests.filled import fill

ROOMY = 2 * 1024**3


def ground_directory() -> Path:
    """A new folder for the servers of one run, in memory where there is room: databases copy 4 × faster."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOMY
    parent = memory if roomy else Path(tempfile.gettempdir())
    for left in parent.glob("genji-tests-*-*"):  # by a run that was killed
        if not psutil.pid_exists(int(left.name.split("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"genji-tests-{os.getpid()}-", dir=parent))


class Ground:
    """The shared servers of one test run, kept by processes that end with the run's controller.

    Every worker makes its own object of the same folder; a server starts when the first of them asks.
    """

    def __init__(self, directory: Path, controller: int) -> None:
        self.directory = directory
        self.controller = controller

    def begin(self, name: str) -> None:
        """Start a server without waiting for it."""
        with self._locked(name):
            kept.begin(self.directory / name, [name], durable=False, while_pid=self.controller)

    def environment(self, name: str) -> dict[str, str]:
        """The settings of a server, started if need be or given by DATABASE_URL or AMQP_URL."""
        given = {"postgres": given_postgres, "rabbitmq": given_rabbitmq}[name](os.environ)
        if given:
            return given.environment()
        with self._locked(name):
            return kept.up(
                self.directory / name, [name], durable=False, while_pid=self.controller
            ).environment

    def template(self) -> str:
        """URL of the database that the migrations built, once a run; nobody may connect to it."""
        url = with_database(self.environment("postgres")["DATABASE_URL"], f"{self.directory.name}-template")
        built = self.directory / "template"
        with self._locked("template"):
            if not built.exists():
                asyncio.run(_build(url))
                built.touch()
        return url

    def filled(self) -> str:
        """URL of a database with many rows, filled once a run; nobody changes it."""
        template = self.template()
        url = with_database(template, f"{self.directory.name}-filled")
        built = self.directory / "filled"
        with self._locked("filled"):
            if not built.exists():
                create_database(url, template=database_of(template))
                fill(url)
                built.touch()
        return url

    def close(self) -> None:
        """Stop what was started and forget it; a given server loses what was built on it."""
        for name in ("template", "filled"):
            if (self.directory / name).exists() and (given := given_postgres(os.environ)):
                drop_database(
                    with_database(given.environment()["DATABASE_URL"], f"{self.directory.name}-{name}")
                )
        for name in ("postgres", "rabbitmq"):
            kept.down(self.directory / name)
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.directory / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


async def _build(url: str) -> None:
    await migrate(url)
    await grant(url)


class Clones:
    """Copies of a template, each made before the test that needs it and dropped after, by a thread."""

    def __init__(self, template: str, prefix: str) -> None:
        self._template = template
        self._prefix = prefix
        self._number = 0
        self._thread = ThreadPoolExecutor(1)
        self._next: Future[str] = self._thread.submit(self._clone)

    def take(self) -> str:
        """URL of a fresh copy."""
        taken = self._next.result()
        self._next = self._thread.submit(self._clone)
        return taken

    def give_back(self, url: str) -> None:
        """Drop a copy when there is time."""
        self._thread.submit(drop_database, url)

    def close(self) -> None:
        """Drop the copy nobody took."""
        self.give_back(self._next.result())
        self._thread.shutdown()

    def _clone(self) -> str:
        self._number += 1
        url = with_database(self._template, f"{self._prefix}-{self._number}")
        create_database(url, template=database_of(self._template))
        return url


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database_of(url: str) -> str:
    """The database a URL names."""
    return urlsplit(url).path[1:]


def create_database(url: str, *, template: str = "template1") -> None:
    """Create the database a URL names, as a copy of another (about 30 ms in memory)."""
    statement = sql.SQL("create database {} template {} strategy file_copy")
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as server:
        server.execute(statement.format(sql.Identifier(database_of(url)), sql.Identifier(template)))


def drop_database(url: str) -> None:
    """Drop the database a URL names, with all who are connected to it."""
    statement = sql.SQL("drop database if exists {} with (force)")
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as server:
        server.execute(statement.format(sql.Identifier(database_of(url))))


def empty_queues(url: str, queues: list[str]) -> None:
    """Purge these queues of a virtual host."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        for queue in queues:
            channel.queue_purge(queue)
