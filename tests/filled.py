"""A database with many rows in every table, to plan statements on: the shape of a small live community.

Rows are made by one statement a table, from the catalog alone: foreign keys lead to rows that exist, checks
and unique keys hold. Tables that the migrations have filled, and those of one row, stay as they are.
"""

import re
from contextlib import suppress
from graphlib import TopologicalSorter
from zlib import crc32

import psycopg
from psycopg import sql

from tests.sql.fill import Table, read_catalog

ROWS = 2_503
MANY = {
    "core.users": 1_499,
    "core.maps": 1_201,
    "core.completions": 10_000,
    "maps.ratings": 5_000,
    "core.instance": 5_003,
    "core.player": 5_003,
    "core.instance_player": 10_000,
    "core.player_stats": 10_000,
}
"""How many rows the tables have that others are measured by."""

# The number of a row is i, from 0 on.
BY_TYPE = {
    "bigint": "i + 1",
    "integer": "i % 1000 + 1",
    "smallint": "i % 100 + 1",
    "numeric": "i % 1000 + 0.5",
    "double precision": "i % 1000 + 0.5",
    "bigint[]": "array[i, 7]::bigint[]",
    "integer[]": "array[i, 7]",
    "double precision[]": "array[0.5, i]::double precision[]",
    "boolean": "i % 10 = 0",
    "bytea": "decode(md5(i::text), 'hex')",
    "inet": "'127.0.0.1'::inet + i",
    "json": '\'{"type": "kind"}\'::json',
    "jsonb": '\'{"type": "kind"}\'::jsonb',
    "text": "'{column} ' || i",
    "character varying": "'c' || i",
    "maps.shown_creator[]": "array[(i, true, 'name ' || i)::maps.shown_creator]",
    "text[]": "array['{column}', i::text]",
    "time without time zone": "'12:00'::time + i * interval '1 minute'",
    "timestamp with time zone": "now() - i * interval '7 minutes'",
    "timestamp without time zone": "now()::timestamp - i * interval '7 minutes'",
    "date": "current_date - i",
    "xid8": "(10^12 + i)::bigint::text::xid8",
    "uuid": "md5('{column}' || i)::uuid",
}
DIFFICULTY = "(array['Easy', 'Medium', 'Hard', 'Very Hard', 'Extreme', 'Hell'])[1 + i % 6]"
# What is not spread evenly: most runs are verified, most messages sent, most jobs done.
OWN = {
    "core.users.id": "10000000000 + i",
    "core.maps.code": "'M' || lpad(upper(to_hex(i)), 5, '0')",
    "core.maps.map_name": "(select array_agg(name order by name) from maps.names)[1 + i % 60]",
    "core.maps.difficulty": DIFFICULTY,
    "core.maps.archived": "i % 7 = 0",
    "core.maps.hidden": "i % 20 = 0",
    "core.maps.playtesting": "(case when i % 10 = 0 then 'In Progress' else 'Approved' end)::playtest_status",
    "core.completions.verified": "i % 20 <> 0",
    "core.completions.legacy": "i % 11 = 0",
    "core.completions.completion": "i % 3 = 0",
    "core.completions.verified_by": "case when i % 20 <> 0 then 10000000000 end",
    "completions.current.raw_difficulty": "i % 10",
    "completions.current.difficulty": DIFFICULTY,
    "core.player.cheat_level": "i % 5",
    "maps.ratings.quality": "i % 6 + 1",
    "playtests.meta.initial_difficulty": "i % 10",
    "playtests.votes.difficulty": "i % 10",
    "core.completions.reason": "case when i % 40 = 0 then 'No' end",
}


def fill(url: str) -> None:
    """Fill every empty table and gather statistics (about 2 s)."""
    with psycopg.connect(url) as connection:
        # Neither triggers nor foreign keys are looked at: the rows are made to fit.
        connection.execute("set session_replication_role = replica")
        tables, special = read_catalog(connection)
        given = {column: text for column, text in special.items() if text != "default"}
        parents = {name: {p for p, *_ in table.parents if p != name} for name, table in tables.items()}
        for name in TopologicalSorter(parents).static_order():
            table = tables[name]
            if not table.single and (name in MANY or not _count(connection, table)):
                # A check that takes one row only, or values nobody listed here, leaves the table empty.
                with suppress(psycopg.errors.CheckViolation), connection.transaction():
                    _fill(connection, table, given)
        connection.execute("set default_statistics_target = 20")  # for even values that is plenty
        connection.execute("analyze")


def _count(connection: psycopg.Connection, table: Table) -> int:
    row = connection.execute(sql.SQL("select count(*) from {}").format(table.identifier)).fetchone()
    return row[0] if row else 0


def _fill(connection: psycopg.Connection, table: Table, special: dict[str, str | None]) -> None:
    joins: list[str] = []
    values = {column: _value(table, column, special) for column in table.columns}
    for number, (parent, columns, keys) in enumerate(table.parents):
        names = ", ".join(f'"{key}"' for key in keys)
        step = 2 * crc32(columns[0].encode()) % 9973 + 1
        joins.append(
            f"left join (select {names}, row_number() over (order by {names}) - 1 as place from {parent})"
            f" as p{number} on p{number}.place = (i * {step}) % greatest(1, (select count(*) from {parent}))"
        )
        for column, key in zip(columns, keys, strict=True):
            if special.get(f"{table.name}.{column}", "") is not None:
                values[column] = f'p{number}."{key}"'
    names = ", ".join(f'"{column}"' for column in values)
    few = table.name.endswith("_config")
    rows = 1 if few else MANY.get(table.name, ROWS)
    query = (
        f"insert into {table.name} ({names}) select {', '.join(values.values())}"
        f" from generate_series(0, {rows - 1}) as i {' '.join(joins)}"
        " on conflict do nothing"
    )
    connection.execute(query.encode())


def _value(table: Table, column: str, special: dict[str, str | None]) -> str:
    name, kind = f"{table.name}.{column}", table.columns[column]
    if name in OWN:
        return OWN[name]
    if name in special:
        pattern = special[name]
        return "null" if pattern is None else f"{_literal(pattern)}::{kind}"
    if kind in BY_TYPE:
        return BY_TYPE[kind].replace("{column}", column)
    return f"(enum_range(null::{kind}))[1 + i % cardinality(enum_range(null::{kind}))]"


def _literal(pattern: str) -> str:
    """A pattern of the other filler as an expression: ``{n}`` and ``{i}`` are the number of the row."""
    digit = "' || (1 + i % 9) || '"
    return f"('{re.sub(r'[{][in](:0[0-9]+)?[}]', digit, pattern)}')"
