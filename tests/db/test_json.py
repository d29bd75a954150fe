"""Rows as JSON that PostgreSQL writes: the same as encoding the structs, for every type and every query."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjilib import queries
from genjilib.core.json import encode
from genjilib.db import Db, Executor
from genjilib.db.scan import Key
from genjilib.db.statement import AnyStatement, RowCountError, Statement
from tests.db.statements import Own, Queries, open_db
from tests.db.test_pipeline import until_shared
from tests.db.test_statement import ARRAYS, LIMITED, VALUES, several
from tests.sql.fill import fill
from tests.witness import signatures

KINDS = [kind for kind in VALUES if kind != "inet"]
EXTRA = {
    "double precision": [math.nan, math.inf, -math.inf, 1e-7, 1e22, 5e-324, -0.0],
    "real": [math.nan, math.inf, 0.1],
    "numeric": [Decimal(text) for text in ("1E-9", "1.50", "-0.000001", "12345678901234567890.123456789")],
    "text": ["\u2028 \x7f \x1f \U0001f600 \"'\\ </script>", "\b\f\n\r\t"],
    "timestamp with time zone": [datetime(2026, 1, 2, 3, 4, 5, us, tzinfo=UTC) for us in (0, 1, 600_000)],
    "bytea": [bytes(range(256)) * 2],
}


class V(msgspec.Struct):
    v: Any


async def same(db: Executor, statement: Own, values: list[Any], parse_float: Callable[[str], Any]) -> None:
    """1, 1.0 and 1e0 are one number in JSON; those of numeric are compared digit by digit."""
    for value in values:
        written = await statement.json(db, v=value)
        rows = encode(await statement.many(db, v=value))
        assert json.loads(written, parse_float=parse_float) == json.loads(rows, parse_float=parse_float)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_type_is_written_as_msgspec_writes_it(db: Db, sql: Queries, kind: str) -> None:
    lists = kind in ARRAYS
    found: list[Any] = [None, *EXTRA.get(kind, [])]
    found_lists: list[Any] = [None, [], [None], EXTRA.get(kind, [])]

    @LIMITED
    @given(several(VALUES[kind], 3), several(st.lists(VALUES[kind] | st.none(), max_size=4), 3))
    def collect(values: list[Any], several: list[Any]) -> None:
        found.extend(values)
        found_lists.extend(several)

    collect()
    number = Decimal if kind == "numeric" else float
    async with db.transaction() as tx:
        if not lists:
            one = sql.make("one", f"select :v::{kind} as v", V, columns={"v": kind}, v=kind)
            await same(tx, one, found, number)
            return
        many = f"{kind}[]"
        each = sql.make("each", f"select v from unnest(:v::{many}) as v", V, columns={"v": kind}, v=many)
        await same(tx, each, [found], number)
        listed = sql.make("listed", f"select :v::{many} as v", V, columns={"v": many}, v=many)
        await same(tx, listed, found_lists, number)


async def test_rows_keep_their_order_and_names_may_be_words_of_sql(db: Db, sql: Queries) -> None:
    class Odd(msgspec.Struct):
        order: int
        select: str | None

    text = 'select n as "order", case when n > 1 then \'x\' end as "select!" from generate_series(1, :n) as n'
    columns = {"order": "integer", "select": "text"}
    statement = sql.make("odd", f"{text} order by n desc", Odd, columns=columns, n="integer")
    for n in (0, 1, 3):
        assert json.loads(await statement.json(db, n=n)) == json.loads(encode(await statement.many(db, n=n)))
    assert await statement.json(db, n=0) == b"[]"


async def test_one_row_is_an_object_and_none_is_null(db: Db, sql: Queries) -> None:
    text = "select n as v from generate_series(1, :n) as n"
    statement = sql.make("rows", text, V, columns={"v": "integer"}, n="integer")
    assert await statement.json_one(db, n=1) == await statement.json_maybe(db, n=1) == b'{"v":1}'
    assert await statement.json_maybe(db, n=0) == b"null"
    for call, n in ((statement.json_one, 0), (statement.json_one, 2), (statement.json_maybe, 2)):
        with pytest.raises(RowCountError, match=f"test.rows returned {n} rows"):
            await call(db, n=n)


async def test_a_mistake_is_found_at_its_place_in_the_file(db: Db, sql: Queries) -> None:
    statement = sql.make("wrong", "select 1 as v,\n  coda", V, columns={"v": "integer"})
    with pytest.raises(psycopg.Error) as caught:
        await statement.json(db)
    assert caught.value.__notes__ == ["in sql/queries/test/wrong.sql:3:3"]


NAMED: dict[str, Any] = {"code": "MAP01", "size": 100, "skip": 0, "limit": 100, "q": "m", "search": "m"}
TYPED: dict[str, Any] = {
    "text": "MAP01",
    "bytea": b"MAP01",
    "uuid": "00000000-0000-0000-0000-000000000001",
    "boolean": False,
    "date": date(2020, 1, 1),
    "timestamp with time zone": datetime(2020, 1, 1, tzinfo=UTC),
    "interval": timedelta(days=1),
    "json": {},
    "jsonb": {},
}


def reading() -> Iterator[AnyStatement]:
    """Every query that reads rows, as the generated modules say, but what tells the state of the server."""
    for domain in sorted({*queries.__all__} - {"ops"}):
        for found in vars(getattr(queries, domain)).values():
            if isinstance(found, Statement) and found.reads and rows_of(found.name):
                yield found


def rows_of(name: str) -> bool:
    """Whether rows come back, in one piece."""
    return signatures()[name]["returns"] in ("one", "maybe", "many")


def choices(statement: AnyStatement) -> list[Key]:
    """Texts that between them hold every order and every clause."""
    keys = list(statement.texts)
    return [key for key in keys if len(key.clauses) in (0, len(statement.file.clauses))]


def guess(name: str, kind: str, labels: dict[str, str]) -> Any:
    """A value that is likely to find something in a filled database."""
    if kind.endswith("[]"):
        return [guess(name, kind.removesuffix("[]"), labels)]
    if name in NAMED:
        return NAMED[name]
    return labels.get(kind) or TYPED.get(kind, 1)


def chosen(statement: AnyStatement, key: Key, guesses: dict[str, Any]) -> dict[str, Any]:
    """The arguments that make a statement take one of its texts."""
    clauses = enumerate(statement.file.clauses)
    absent = {name for i, clause in clauses if i not in key.clauses for name in clause.names}
    given = {name: value for name, value in guesses.items() if name not in absent & statement.file.optional}
    return given | ({"order": key.order} if key.order else {})


@pytest.fixture
def filled_url(database_url: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as connection:
        fill(connection)
    return database_url


async def test_every_query_gives_the_same_on_every_way(filled_url: str) -> None:
    """The plain path of one connection is what shared connections and JSON are measured by."""
    empty: set[str] = set()
    labels = enum_labels(filled_url)
    async with open_db(filled_url, 3) as opened:
        db = await until_shared(opened)
        for statement in reading():
            kinds = dict(zip(statement.file.parameters, statement.parameters.values(), strict=True))
            guesses = {name: guess(name, kind.rstrip("?"), labels) for name, kind in kinds.items()}
            found = [await compared(db, statement, key, guesses) for key in choices(statement)]
            if not any(found):
                empty.add(statement.name)
    # What finds nothing in three rows a table compares nothing but its types.
    assert len(empty) < len(list(reading())) / 2, empty


async def compared(db: Db, statement: AnyStatement, key: Key, guesses: dict[str, Any]) -> bool:
    """Compare the ways of one text; tell whether it found anything."""
    arguments = chosen(statement, key, guesses)
    async with db.transaction() as tx:  # in which now() stands still
        rows = await statement(tx, **arguments)  # type: ignore[operator]
        written = await statement.json(tx, **arguments)  # type: ignore[attr-defined]
    assert json.loads(written) == json.loads(encode(rows)), statement.name
    if "now()" not in statement.file.source:
        assert await statement(db, **arguments) == rows, statement.name  # type: ignore[operator]
        assert await statement.json(db, **arguments) == written, statement.name  # type: ignore[attr-defined]
    return rows is not None and rows != []


def enum_labels(url: str) -> dict[str, str]:
    """The first label of every enum."""
    with psycopg.connect(url) as connection:
        return dict(
            connection.execute(
                "select format_type(enumtypid, null), min(enumlabel) from pg_enum group by 1"
            ).fetchall()
        )
