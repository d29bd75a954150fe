"""What takes several steps inside a transaction: streams, batches and COPY."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjilib.core.errors import Conflict, Invalid
from genjilib.db import Db, statement
from tests.db.statements import Own, Queries, open_db
from tests.db.test_pool import ask
from tests.db.test_statement import AWKWARD, LIMITED, TEXTS


class Numbered(msgspec.Struct, frozen=True):
    n: int
    text: str


@pytest.fixture
def numbers(sql: Queries) -> Own:
    text = "select n, repeat('x', n % 3) from generate_series(1, :n) as n order by n"
    return sql.make("numbers", text, Numbered, head="-- returns: stream\n", n="integer")


@pytest.mark.parametrize("prepare", [True, False])
async def test_a_stream_gives_every_row_in_order(database_url: str, numbers: Own, prepare: bool) -> None:
    async with open_db(database_url, database_prepare=prepare) as db, db.transaction() as tx:
        for count in (0, 1, statement._FETCHED - 1, statement._FETCHED, 2 * statement._FETCHED + 1):
            found = [row async for row in numbers.stream(tx, n=count)]
            assert found == [Numbered(n, "x" * (n % 3)) for n in range(1, count + 1)]


async def test_streams_of_one_transaction_go_side_by_side(db: Db, numbers: Own) -> None:
    async with db.transaction() as tx:
        one, other = numbers.stream(tx, n=1200), numbers.stream(tx, n=1300)
        pairs = [(first, await anext(other)) async for first in one]
        assert len(pairs) == 1200
        assert all(first == second for first, second in pairs)
        assert (await anext(other)).n == 1201


async def test_a_stream_left_early_ends_with_its_transaction(db: Db, numbers: Own) -> None:
    for _ in range(2):
        async with db.transaction() as tx:
            async for row in numbers.stream(tx, n=5000):
                if row.n == 700:
                    break
    async with db.transaction() as tx:
        assert len([row async for row in numbers.stream(tx, n=10)]) == 10


async def test_a_mistake_in_a_stream_names_its_place(db: Db, sql: Queries) -> None:
    wrong = sql.make("wrong", "select 1 / (3 - n)\nfrom coda(:n) as n", n="integer")
    with pytest.raises(psycopg.errors.UndefinedFunction) as caught:
        async with db.transaction() as tx:
            [row async for row in wrong.stream(tx, n=5)]
    assert caught.value.__notes__ == ["in sql/queries/test/wrong.sql:3:6"]


THINGS = b"create schema test; create table test.things (id bigint primary key, text text, at timestamptz)"
TYPES = {"id": "bigint", "text": "text?", "at": "timestamp with time zone?"}
AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def insert(database_url: str, sql: Queries) -> Own:
    ask(database_url, THINGS)
    text = "insert into test.things (id, text, at)\nvalues (:id, :text, :at)"
    return sql.make("insert", text, head="-- writes: test.things\n", **TYPES)


@pytest.fixture
def everything(sql: Queries) -> Own:
    return sql.make("everything", "select id, text, at from test.things order by id", row=lambda *v: v)


def things(count: int, first: int = 1) -> list[tuple[Any, ...]]:
    return [(n, None if n % 5 == 0 else f"text {n}", AT) for n in range(first, first + count)]


@pytest.mark.parametrize("prepare", [True, False])
async def test_a_batch_writes_every_row(
    database_url: str, insert: Own, everything: Own, prepare: bool
) -> None:
    async with open_db(database_url, database_prepare=prepare) as db:
        async with db.transaction() as tx:
            assert await insert.batch(tx, []) == 0
            assert await insert.batch(tx, things(1201)) == 1201
            assert await insert.batch(tx, (row for row in things(3, 2001))) == 3
            assert await everything.many(tx) == things(1201) + things(3, 2001)
        assert len(await everything.many(db)) == 1204


async def test_rows_larger_than_a_socket_holds_go_through(db: Db, insert: Own) -> None:
    async with db.transaction() as tx:
        assert await insert.batch(tx, [(n, "x" * 500_000, None) for n in range(40)]) == 40


async def test_a_batch_is_written_whole_or_not_at_all(db: Db, insert: Own, everything: Own) -> None:
    rows = [*things(700), (650, "double", None), *things(50, 701)]
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        async with db.transaction() as tx:
            await insert.batch(tx, rows)
    assert "with row 700 of the batch, counted from 0" in caught.value.__notes__
    assert "in sql/queries/test/insert.sql" in caught.value.__notes__
    assert await everything.many(db) == []
    async with db.transaction() as tx:
        assert await insert.batch(tx, things(2)) == 2


async def test_a_constraint_speaks_in_batches_and_copies_too(db: Db, sql: Queries) -> None:
    text = "insert into core.users (id, nickname) values (:id, :nickname)"
    users = sql.make("users", text, head="-- writes: core.users\n", id="bigint", nickname="text")
    for call in (users.batch, users.copy_in):
        with pytest.raises(Conflict, match="A user with this id exists already"):
            async with db.transaction() as tx:
                await call(tx, [(1, "a"), (1, "b")])


async def test_copy_brings_in_what_inserts_would(db: Db, insert: Own, everything: Own) -> None:
    found: list[str] = ["\\N", "a\tb", "\\.", "\r\n", "\\\\n", ""]

    @LIMITED
    @given(st.lists(TEXTS | AWKWARD, min_size=10, max_size=40))
    def collect(texts: list[str]) -> None:
        found.extend(texts)

    collect()
    rows = [(n, text, None if n % 2 else AT) for n, text in enumerate(found)]
    async with db.transaction() as tx:
        assert await insert.copy_in(tx, rows) == len(rows)
        assert await everything.many(tx) == rows
        assert await insert.copy_in(tx, []) == 0


async def test_a_copy_that_cannot_be_encoded_changes_nothing(db: Db, insert: Own, everything: Own) -> None:
    with pytest.raises(Invalid):
        async with db.transaction() as tx:
            await insert.copy_in(tx, [*things(3), (9, "a\0b", None)])
    assert await everything.many(db) == []


async def test_copy_gives_rows_as_csv(db: Db, insert: Own, everything: Own) -> None:
    async with db.transaction() as tx:
        await insert.copy_in(tx, [(1, 'say "hi", twice\n', AT), (2, None, None), (3, "", None)])
        text = (await joined(everything.copy_out(tx))).decode()
    assert text.splitlines()[0] == "id,text,at"
    assert list(csv.reader(text.splitlines(keepends=True)))[1:] == [
        ["1", 'say "hi", twice\n', "2026-01-02 03:04:05.000678+00"],
        ["2", "", ""],
        ["3", "", ""],
    ]
    assert text.splitlines()[-2:] == ["2,,", '3,"",']


async def joined(blocks: AsyncIterator[bytes]) -> bytes:
    return b"".join([block async for block in blocks])
