"""The few rows that rules are tried on, put into the tables directly."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

Db = psycopg.Connection
SYSTEM = 969632729643753482


def scalar(db: Db, query: str, *parameters: object) -> Any:
    """The one value that a query gives."""
    row = db.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]


def add(db: Db, table: str, returning: str, **columns: object) -> Any:
    """A row of a table; the value of one of its columns comes back."""
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
        sql.Identifier(returning),
    )
    row = db.execute(statement, columns).fetchone()
    assert row is not None
    return row[0]


def add_user(db: Db, user_id: int = 1, **columns: object) -> int:
    """A user, by default without any name."""
    return add(db, "core.users", "id", id=user_id, **columns)


def add_map(
    db: Db, code: str = "AAAA", raw: object = 5, linked_code: str | None = None, **columns: object
) -> int:
    """A map; its label is given wrong on purpose, since the database puts the right one."""
    values = {
        "code": code,
        "map_name": "Hanamura",
        "category": "Classic",
        "checkpoints": 10,
        "difficulty": "wrong",
        "raw_difficulty": raw,
        "linked_code": linked_code,
    }
    return add(db, "core.maps", "id", **values | columns)


def add_run(db: Db, user_id: int, map_id: int, time: float, **columns: object) -> int:
    """A run, by default pending, full and of this moment."""
    values = {"user_id": user_id, "map_id": map_id, "time": time, "screenshot": "shot"}
    return add(db, "core.completions", "id", **values | columns)


@contextmanager
def refused(db: Db, sqlstate: str, constraint: str) -> Generator[None]:
    """Expect the server to refuse, under that code and constraint; the transaction goes on."""
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        yield
    assert (caught.value.sqlstate, caught.value.diag.constraint_name) == (sqlstate, constraint)
