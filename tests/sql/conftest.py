"""A private server, and databases that the tests of the schema may break."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.sql.dbmate import BIN, create_database, dbmate, drop_database


def as_plain_user(*command: str | Path) -> None:
    """Run a server program, which refuses root, as somebody else in a user namespace."""
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a fresh server without its database name, as `postgres://…:port/`."""
    folder = Path(tempfile.mkdtemp(prefix="genji-sql-"))
    data, port = folder / "data", free_port()
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    as_plain_user(
        BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *locale
    )
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    as_plain_user(BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/"
    finally:
        as_plain_user(BIN / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template_url(server_url: str) -> str:
    """A database built by the migrations; nobody writes to it, others are copied from it."""
    url = create_database(server_url, "template_of_tests")
    dbmate(url, "up", "--strict")
    return url


@pytest.fixture
def database_url(server_url: str, template_url: str) -> Iterator[str]:
    """A freshly migrated database of this test alone."""
    url = create_database(server_url, "scratch", template=template_url)
    yield url
    drop_database(server_url, "scratch")


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database without any migration."""
    url = create_database(server_url, "empty")
    yield url
    drop_database(server_url, "empty")


@pytest.fixture(scope="session")
def shared_url(server_url: str, template_url: str) -> str:
    """A migrated database that nobody commits to."""
    return create_database(server_url, "shared", template=template_url)


@pytest.fixture
def db(shared_url: str) -> Iterator[psycopg.Connection]:
    """A connection whose work is thrown away after the test."""
    with psycopg.connect(shared_url) as connection:
        yield connection
        connection.rollback()
