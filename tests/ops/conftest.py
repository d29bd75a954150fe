"""The command line in this process, on databases of a private server."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from cli import app
from tests.support import Clones, Ground, with_database

ROOT = Path(__file__).parents[2]
OTHERS = {"AMQP_URL": "amqp://127.0.0.1:1", "TOKEN_SECRET": "x" * 32}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Genji = Callable[..., Done]


@pytest.fixture(scope="session")
def server_url(ground: Ground) -> str:
    """The server's own database, from which others are made and dropped."""
    return with_database(ground.template(), "postgres")


@pytest.fixture(scope="session")
def shared_url(clones: Clones) -> Iterator[str]:
    """A migrated database that nobody changes."""
    url = clones.take()
    yield url
    clones.give_back(url)


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database without any migration."""
    url = create(server_url, unique("empty"))
    yield url
    drop(url)


@pytest.fixture
def genji(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Genji:
    """Run one command, in a folder of its own, on the database ``url``."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, url: str | None = None, **environment: str | None) -> Done:
        result = CliRunner().invoke(
            app, list(arguments), env={**OTHERS, "DATABASE_URL": url, **environment}, prog_name="genji"
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return call


def unique(name: str) -> str:
    """A name that no other worker of the test run uses."""
    return f"{name} {uuid.uuid4().hex[:8]}"


def at(server_url: str, name: str) -> str:
    """The address of the database called ``name``, whatever characters that has."""
    return with_database(server_url, quote(name, safe=""))


def create(server_url: str, name: str) -> str:
    """Make an empty database and return its address."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return at(server_url, name)


def drop(url: str) -> None:
    """Drop a database with all who are connected to it, if it is there."""
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        name = sql.Identifier(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))


def environment(url: str) -> dict[str, str]:
    """The environment of a command that runs as a process of its own."""
    return {**os.environ, **OTHERS, "DATABASE_URL": url, "COLUMNS": "200"}
