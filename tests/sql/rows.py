"""The few rows that the rules in the database are tried on."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

Db = psycopg.Connection
SYSTEM = 969632729643753482


def scalar(db: Db, query: str, *parameters: object) -> Any:
    """The one value that a query gives."""
    row = db.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]


def add_user(db: Db, user_id: int = 1) -> int:
    return scalar(db, "insert into core.users (id) values (%s) returning id", user_id)


def add_map(db: Db, code: str = "AAAA", raw: object = 5, linked_code: str | None = None) -> int:
    """A map; its label is given wrong on purpose, since the database puts the right one."""
    return scalar(
        db,
        "insert into core.maps (code, map_name, category, checkpoints, difficulty, raw_difficulty,"
        " linked_code) values (%s, 'Hanamura', 'Classic', 10, 'wrong', %s, %s) returning id",
        *(code, raw, linked_code),
    )


def add_run(db: Db, user_id: int, map_id: int, time: float, **columns: object) -> int:
    """A run, by default pending, full and of this moment."""
    values = {"user_id": user_id, "map_id": map_id, "time": time, "screenshot": "shot"} | columns
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    return scalar(
        db, f"insert into core.completions ({names}) values ({marks}) returning id", *values.values()
    )


@contextmanager
def refused(db: Db, sqlstate: str, constraint: str) -> Generator[None]:
    """Expect the server to refuse, under that code and constraint; the transaction goes on."""
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        yield
    assert (caught.value.sqlstate, caught.value.diag.constraint_name) == (sqlstate, constraint)
