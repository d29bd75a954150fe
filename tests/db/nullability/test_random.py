"""Random statements over random rows: no null where none was said to be, no wrong number of rows."""

import random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genjilib.db.nullability import Analysis, analyse, schema_fixed
from tests.db.nullability.connections import Connection
from tests.db.nullability.random_queries import Generator
from tests.db.nullability.schema import DATA_SETS


@pytest.fixture(scope="module")
def shared(database: str):
    with psycopg.connect(database, autocommit=True) as connection, schema_fixed(connection):
        yield connection


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(seed=st.integers(0, 2**40))
def test_nothing_proved_is_ever_contradicted(shared: Connection, seed: int) -> None:
    statement = Generator(random.Random(seed), shared.info.server_version // 10000).statement()
    try:
        analysis = analyse(shared, statement)
    except psycopg.Error:
        return  # PostgreSQL does not accept it
    for number in range(DATA_SETS):
        contradiction = witness(shared, statement, analysis, number)
        assert contradiction is None, contradiction


def witness(connection: Connection, statement: str, analysis: Analysis, number: int) -> str | None:
    """Run a statement on one data set, and roll it back; what contradicts the analysis, if anything does."""
    connection.execute(f"begin; set local search_path = d{number}; set local statement_timeout = '500ms'")
    try:
        rows = connection.execute(statement).fetchall()
    except psycopg.Error:
        return None  # it fails at run time: nothing comes out
    finally:
        connection.rollback()
    for position, column in enumerate(analysis.columns):
        if not column.nullable and any(row[position] is None for row in rows):
            return f"d{number}: column {position + 1} is null, though {column.why}\n{statement}"
    if (analysis.rows == "one" and len(rows) != 1) or (analysis.rows == "maybe" and len(rows) > 1):
        return f"d{number}: {len(rows)} rows, not {analysis.rows}\n{statement}"
    return None
