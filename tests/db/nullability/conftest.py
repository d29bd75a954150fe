"""A database of the tests' own: two small schemas whose rows show every null that can come out."""

from collections.abc import Iterator
from importlib.resources import files

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.db.nullability.connections import Connection
from tests.db.nullability.schema import DATA_SETS, SCHEMA, rows_of
from tests.support import Ground, create_database, drop_database, with_database

TENANTS = files("tests.db.nullability") / "tenants"


@pytest.fixture(scope="session")
def database(ground: Ground, worker_id: str) -> Iterator[str]:
    """A database with a schema a data set, `d0` and on, and the first of them in the search path.

    To check another version of PostgreSQL, give the tests its DATABASE_URL.
    """
    server = ground.environment("postgres")["DATABASE_URL"]
    url = with_database(server, f"{ground.directory.name}-nullability-{worker_id}")
    create_database(url)
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(DATA_SETS):
            fill(connection, f"d{number}", SCHEMA, rows_of(number))
    yield make_conninfo(url, options="-c search_path=d0 -c jit=off")
    drop_database(url)


@pytest.fixture(scope="session")
def tenants(database: str) -> list[str]:
    """The schemas of the tenants: with many rows, with few and with none."""
    schema = TENANTS.joinpath("schema.sql").read_text(encoding="utf-8")
    rows = [TENANTS.joinpath(f"{name}.sql").read_text(encoding="utf-8") for name in ("full", "sparse")]
    with psycopg.connect(database, autocommit=True) as connection:
        for number, lines in enumerate([*rows, "select 1"]):
            fill(connection, f"t{number}", schema, lines)
    return [f"t{number}" for number in range(len(rows) + 1)]


def fill(connection: Connection, name: str, schema: str, rows: str) -> None:
    """Make a schema of that name, with rows."""
    connection.execute(f"create schema {name}; set search_path = {name}".encode())
    connection.execute(schema.encode())
    connection.execute(rows.encode())


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    """A connection whose work is rolled back."""
    with psycopg.connect(database) as connection:
        yield connection
        connection.rollback()
