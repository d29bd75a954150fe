"""Every text of every query is planned on a database with many rows: big tables are not read from end to end.

Where a statement has to, its header says why: ``-- scan: reason``. Where it no longer has to, none may.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import pytest

from genjilib import queries
from genjilib.db.scan import Key
from genjilib.db.statement import Statement
from tests.support import Ground

Connection = psycopg.Connection[Any]
Plan = dict[str, Any]

BIG = 2_000
"""Rows from which on a table is big. Players and maps are fewer: a join may read them whole."""
PLANNED = re.compile(
    rb"(/\*.*?\*/\s*)?(select|with|values|insert|update|delete|merge)\b", re.IGNORECASE | re.DOTALL
)
# A page is small, and planned as one behind a transaction pooler. Elsewhere one plan serves pages of any
# size, of which PostgreSQL expects a tenth of all rows.
EXPLAIN = b"explain (generic_plan, verbose, costs off, format json) "
PAGES = ((re.compile(rb"\blimit \$\d+"), b"limit 10"), (re.compile(rb"\boffset \$\d+"), b"offset 0"))


@pytest.fixture(scope="module")
def connection(ground: Ground) -> Iterator[Connection]:
    """A connection to the filled database, planning for disks that seek as fast as they read on."""
    with psycopg.connect(ground.filled(), autocommit=True) as connection:
        connection.execute("set random_page_cost = 1.1; set jit = off")
        yield connection


@pytest.fixture(scope="module")
def big(connection: Connection) -> set[str]:
    """The tables of many rows."""
    query = "select oid::regclass::text from pg_class where relkind in ('r', 'p') and reltuples >= %s"
    return {name for (name,) in connection.execute(query, [BIG])}


@pytest.fixture(scope="module")
def partial(connection: Connection) -> set[str]:
    """The indexes that hold a part of their table only: to read one whole is what it is for."""
    query = "select indexrelid::regclass::text from pg_index where indpred is not null"
    return {name.rpartition(".")[2] for (name,) in connection.execute(query)}


def plans_of(connection: Connection, texts: Iterable[bytes]) -> list[Plan]:
    cursor = connection.execute(b";\n".join(EXPLAIN + sql for sql in texts))
    plans = [row[0]["Plan"] for (row,) in cursor]
    while cursor.nextset():
        plans += [row[0]["Plan"] for (row,) in cursor]
    return plans


def paged(sql: bytes) -> bytes:
    for pattern, instead in PAGES:
        sql = pattern.sub(instead, sql)
    return sql


def scans(plan: Plan, big: set[str], partial: set[str], *, limited: bool = False) -> Iterator[str]:
    """The big tables that a plan reads from end to end, in their own order or in that of an index."""
    kind, table = (
        plan["Node Type"],
        f"{plan.get('Schema')}.{plan.get('Relation Name')}".removeprefix("public."),
    )
    whole = "Index Cond" not in plan and plan.get("Index Name") not in partial and not limited
    if table in big and (kind == "Seq Scan" or (kind in ("Index Scan", "Index Only Scan") and whole)):
        yield f"{kind} of {table}: {plan.get('Filter', 'all rows')}"
    for part in plan.get("Plans", ()):
        yield from scans(part, big, partial, limited=limited or kind == "Limit")


def scanned(connection: Connection, big: set[str], partial: set[str], statement: Statement[Any]) -> set[str]:
    texts = [text.sql for text in statement.texts.values() if PLANNED.match(text.sql)]
    # Of a page of any size the texts with none and with all of their clauses tell enough.
    wanted = dict.fromkeys([*map(paged, texts), *texts[:1], *texts[-1:]])
    return {
        scan
        for plan in (plans_of(connection, wanted) if wanted else ())
        for scan in scans(plan, big, partial)
    }


@pytest.mark.parametrize("domain", queries.__all__)
def test_no_big_table_is_read_from_end_to_end_without_a_reason(
    connection: Connection, big: set[str], partial: set[str], domain: str
) -> None:
    wrong: dict[str, set[str] | str] = {}
    for statement in vars(getattr(queries, domain)).values():
        if isinstance(statement, Statement):
            found = scanned(connection, big, partial, statement)
            if found and "scan" not in statement.file.directives:
                wrong[statement.name] = found
            if not found and "scan" in statement.file.directives:
                wrong[statement.name] = "nothing big is read from end to end: drop the line '-- scan:'"
    assert not wrong, "add an index, write it otherwise, or say why: -- scan: reason"


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("select id from core.completions where reason = $1", True),
        ("select count(*) as n from core.completions", True),
        ("select * from core.completions order by reason limit $1", True),
        ("select c.id from core.completions as c where exists(select where c.reason = $1)", True),
        ("select id from core.completions where id = $1", False),
        ("select c.id from core.completions as c order by c.id limit $1", False),
        ("select id from core.maps where title = $1", False),
    ],
)
def test_a_scan_is_seen(
    connection: Connection, big: set[str], partial: set[str], sql: str, seen: bool
) -> None:
    assert any(any(scans(plan, big, partial)) for plan in plans_of(connection, [sql.encode()])) == seen


def indexes(plan: Plan) -> set[str]:
    """The indexes that a plan uses."""
    own = {plan["Index Name"]} if "Index Name" in plan else set[str]()
    return own.union(*map(indexes, plan.get("Plans", ())))


@pytest.mark.parametrize(
    ("statement", "given", "used"),
    [
        (queries.maps.page, (), {"searchable_place_idx", "card_texts_pkey"}),
        (queries.maps.page, ("undone_by",), {"searchable_place_idx", "card_texts_pkey"}),
        (queries.maps.search, ("facets",), {"searchable_facets_idx", "card_texts_pkey"}),
        (queries.maps.get, (), {"maps_pkey", "card_texts_pkey"}),
    ],
)
def test_a_page_of_maps_is_read_by_indexes(
    connection: Connection, statement: Statement[Any], given: tuple[str, ...], used: set[str]
) -> None:
    clauses = statement.file.clauses
    wanted = frozenset(n for n, clause in enumerate(clauses) if clause.names <= {*given, "size", "skip"})
    text = statement.texts[Key(None, wanted)]
    (plan,) = plans_of(connection, [paged(text.sql)])
    assert used <= indexes(plan)


def test_the_tables_that_grow_are_big(big: set[str]) -> None:
    growing = {"core.completions", "maps.ratings", "messages.outbox", "jobs", "newsfeed", "users.sessions"}
    assert growing <= big
    assert "core.maps" not in big
