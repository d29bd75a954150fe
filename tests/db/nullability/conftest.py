"""A database of the tests' own: a small schema whose rows show every null that can come out."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.db.nullability.connections import Connection
from tests.db.nullability.schema import DATA_SETS, SCHEMA, rows_of
from tests.support import Ground, create_database, drop_database, with_database


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
            connection.execute(f"create schema d{number}; set search_path = d{number}")
            connection.execute(SCHEMA)
            connection.execute(rows_of(number))
    yield make_conninfo(url, options="-c search_path=d0 -c jit=off")
    drop_database(url)


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    """A connection whose work is rolled back."""
    with psycopg.connect(database) as connection:
        yield connection
        connection.rollback()
