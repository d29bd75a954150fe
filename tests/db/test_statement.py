"""Statements: values come back as they went in, clauses and orders are chosen, promises about rows kept."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from genjilib.core.errors import Invalid
from genjilib.db import Db
from genjilib.db.statement import RowCountError
from tests.db.statements import Own, Queries

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
AWKWARD = st.sampled_from(
    ["", "NULL", "null", "\\", '"', "'", "{}", "{a,b}", "\\N", "\n", " ", ",", "%s", ":x"]
)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
VALUES: dict[str, SearchStrategy[Any]] = {
    "text": TEXTS | AWKWARD,
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    "real": st.floats(width=32, allow_nan=False),
    "double precision": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "timestamp with time zone": MOMENTS,
    "timestamp without time zone": st.datetimes(datetime(1, 1, 2)),  # noqa: DTZ001
    "date": st.dates(date(1, 1, 2)),
    "time without time zone": st.times(),
    "interval": st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6)),
    "uuid": st.uuids(),
    "bytea": st.binary(max_size=40),
    "json": JSON,
    "jsonb": JSON,
    "public.playtest_status": st.sampled_from(["Approved", "In Progress", "Rejected"]),
    "inet": st.ip_addresses(),
}
ARRAYS = [kind for kind in VALUES if not kind.startswith("json")]
"""Types that come in lists too."""


async def check(db: Db, statement: Own, values: list[Any]) -> None:
    """Send values all at once, in one transaction, and compare what comes back."""
    async with db.transaction() as tx:
        for value in values:
            assert await statement.value(tx, v=value) == value


def several(elements: SearchStrategy[Any], at_least: int = 1) -> SearchStrategy[list[Any]]:
    return st.lists(elements, min_size=at_least, max_size=25)


LIMITED = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("kind", VALUES)
async def test_a_value_of_every_type_comes_back(db: Db, sql: Queries, kind: str) -> None:
    statement = sql.make("value", f"select :v::{kind}", v=kind)
    found: list[Any] = []

    @LIMITED
    @given(several(VALUES[kind], 5))
    def collect(values: list[Any]) -> None:
        found.extend(values)

    collect()
    await check(db, statement, [*found, None])


@pytest.mark.parametrize("kind", ARRAYS)
async def test_a_list_of_every_type_comes_back_with_its_nulls(db: Db, sql: Queries, kind: str) -> None:
    statement = sql.make("list", f"select :v::{kind}[]", v=f"{kind}[]")
    found: list[Any] = []

    @LIMITED
    @given(several(st.lists(VALUES[kind] | st.none(), max_size=6)))
    def collect(values: list[Any]) -> None:
        found.extend(values)

    collect()
    await check(db, statement, [*found, [], [None]])


async def test_structs_and_their_values_go_in_as_json(db: Db, sql: Queries) -> None:
    class Inner(msgspec.Struct, tag_field="type", tag="inner"):
        at: datetime
        id: UUID

    statement = sql.make("json", "select :v::jsonb", v="jsonb")
    value = Inner(datetime(2026, 1, 2, tzinfo=UTC), UUID(int=7))
    assert await statement.value(db, v=value) == json.loads(msgspec.json.encode(value))


async def test_moments_come_back_in_utc_and_need_a_zone(db: Db, sql: Queries) -> None:
    statement = sql.make("moment", "select :v::timestamptz", v="timestamp with time zone")
    given = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=9)))
    found = await statement.value(db, v=given)
    assert (found, found.utcoffset()) == (given, timedelta(0))
    with pytest.raises(ValueError, match="time zone"):
        await statement.value(db, v=datetime(2026, 1, 2))  # noqa: DTZ001


async def test_a_text_with_nul_is_refused_and_not_cut(db: Db, sql: Queries) -> None:
    for kind, value in (("text", "a\0b"), ("text[]", ["a\0b"]), ("jsonb", {"a": "\0"})):
        statement = sql.make("nul", f"select :v::{kind}", v=kind)
        with pytest.raises(Invalid) as caught:
            await statement.value(db, v=value)
        assert caught.value.code == "bad-character"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00"])
async def test_a_moment_beyond_what_can_be_read_again_is_refused(db: Db, sql: Queries, moment: str) -> None:
    statement = sql.make("moment", "select :v", v="timestamp with time zone")
    with pytest.raises(Invalid) as caught:
        await statement.value(db, v=datetime.fromisoformat(moment))
    assert caught.value.code == "out-of-range"


async def test_an_address_comes_back_as_an_address(db: Db, sql: Queries) -> None:
    statement = sql.make("inet", "select :v::inet", v="inet")
    assert await statement.value(db, v="10.0.0.1") == ip_address("10.0.0.1")


NUMBERS = """
select n from generate_series(1, 9) as n
where true
  /*[ and n >= :low ]*/
  /*[ and n <= :high ]*/
order by n /*order*/
limit :size
"""


@pytest.fixture
def numbers(sql: Queries) -> Own:
    head = "-- order: up = n\n-- order: down = n desc\n"
    return sql.make("numbers", NUMBERS, head=head, low="integer", high="integer", size="bigint?")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({"low": 8}, [8, 9]),
        ({"high": 2}, [1, 2]),
        ({"low": 3, "high": 4}, [3, 4]),
        ({"low": None, "high": 2}, [1, 2]),
        ({"size": 3}, [1, 2, 3]),
        ({"low": 5, "size": 2}, [5, 6]),
    ],
)
async def test_a_clause_is_in_when_its_value_is_given(
    db: Db, numbers: Own, given: dict[str, Any], found: list[int]
) -> None:
    assert await numbers.many(db, "up", **{"size": None} | given) == found


async def test_an_order_is_chosen_by_its_name(db: Db, numbers: Own) -> None:
    assert await numbers.many(db, "down", size=3) == [9, 8, 7]
    assert await numbers.many(db, "up", size=3) == [1, 2, 3]
    for other in ("n desc", "up; drop table core.users", ""):
        with pytest.raises(KeyError):
            await numbers.many(db, other, size=3)


async def test_null_is_a_value_where_the_type_says_so_and_unset_never_is(db: Db, sql: Queries) -> None:
    text = "select 'all' where true /*[ and :v::integer is null ]*/"
    nullable = sql.make("nullable", text, v="integer?")
    assert await nullable.many(db, v=None) == ["all"]
    assert await nullable.many(db, v=1) == []
    assert await nullable.many(db) == ["all"]
    plain = sql.make("plain", "select 'all' where true /*[ and :v::integer = 0 ]*/", v="integer")
    assert await plain.many(db, v=None) == ["all"]
    assert await plain.many(db, v=1) == []


class Pair(msgspec.Struct, frozen=True):
    a: int
    b: str | None


async def test_rows_are_built_by_position(db: Db, sql: Queries) -> None:
    statement = sql.make("pairs", "values (1, 'x'), (2, null)", row=Pair)
    assert await statement.many(db) == [Pair(1, "x"), Pair(2, None)]


async def test_a_broken_promise_about_rows_is_an_error(db: Db, sql: Queries) -> None:
    statement = sql.make("rows", "select n from generate_series(1, :n) as n", n="integer")
    assert await statement.one(db, n=1) == await statement.maybe(db, n=1) == 1
    assert await statement.maybe(db, n=0) is None
    for call, n, sentence in (
        (statement.one, 0, "test.rows returned 0 rows, exactly one was promised"),
        (statement.one, 2, "test.rows returned 2 rows, exactly one was promised"),
        (statement.maybe, 2, "test.rows returned 2 rows, at most one was promised"),
    ):
        with pytest.raises(RowCountError, match=sentence):
            await call(db, n=n)


async def test_a_file_that_was_changed_without_its_function_says_so(db: Db, sql: Queries) -> None:
    for name, text in (("changed", "select :n + :m"), ("clause", "select 1 where true /*[ and :n = :m ]*/")):
        statement = sql.make(name, text, n="integer")
        with pytest.raises(RuntimeError, match=rf"{name}\.sql was changed.* take :m\. Run 'make sql'"):
            await statement.value(db, n=1)


async def test_what_is_alone_is_refused_with_others(db: Db, sql: Queries) -> None:
    text = "-- alone: n\nselect 1 where true /*[ and 1 = :n ]*/ /*[ and 1 = :m ]*/"
    statement = sql.make("alone", text, n="integer", m="integer")
    assert await statement.maybe(db, n=1) == await statement.maybe(db, m=1) == 1
    with pytest.raises(TypeError, match=r"test\.alone: :n is given with others"):
        await statement.maybe(db, n=1, m=1)


async def test_a_parameter_that_no_clause_would_hold_is_refused(db: Db, sql: Queries) -> None:
    statement = sql.make("pair", "select 1 where true /*[ and :n = :m ]*/", n="integer", m="integer")
    assert await statement.maybe(db, n=1, m=2) is None
    assert await statement.maybe(db) == 1
    with pytest.raises(TypeError, match="every clause with :n needs another parameter"):
        await statement.maybe(db, n=1)


async def test_the_number_of_rows_written_is_counted(db: Db, sql: Queries) -> None:
    add = sql.make(
        "add", "insert into core.users (id) select n from generate_series(1, :n) as n", n="integer"
    )
    assert await add.count(db, n=3) == 3
    assert await add.count(db, n=0) == 0


async def test_what_a_value_says_is_never_read_as_sql(db: Db, sql: Queries) -> None:
    statement = sql.make("echo", "select :v::text", v="text")
    for value in ("'; drop table core.users --", "$1", "%s", ":v", "/*", "\\'; select 1 --"):
        assert await statement.value(db, v=value) == value


class Inner(msgspec.Struct, frozen=True):
    at: datetime
    share: float | None


class Outer(msgspec.Struct, frozen=True):
    id: int
    inner: Inner | None
    several: list[Inner]


async def test_json_comes_back_as_structs(db: Db, sql: Queries) -> None:
    one = "json_build_object('at', timestamptz '2026-01-02 03:04:05.6+02', 'share', 0.5)"
    statement = sql.make(
        "nested",
        f"select n as id, case when n = 1 then {one} end as inner, json_build_array({one}) as several"
        " from generate_series(1, 2) as n order by n",
        Outer,
        columns={"id": "integer", "inner": "json", "several": "json"},
        nested={"inner": Inner, "several": list[Inner]},
    )
    inner = Inner(datetime(2026, 1, 2, 1, 4, 5, 600_000, UTC), 0.5)
    assert await statement.many(db) == [Outer(1, inner, [inner]), Outer(2, None, [inner])]


async def test_more_than_the_socket_takes_at_once_goes_out_all_the_same(db: Db, sql: Queries) -> None:
    statement = sql.make("long", "select length(:v) as v", v="text")
    async with db.transaction() as tx:
        for _ in range(2):  # with its preparation before it, and without
            assert await statement.value(tx, v="é" * 6_000_000) == 6_000_000
