"""What a database holds, table by table: how many rows, and a hash that their order does not change."""

from typing import Any, Final

import msgspec
from psycopg import AsyncConnection, sql

_EXACT: Final = (
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "text",
    "character varying",
    "uuid",
    "bytea",
    "date",
    "timestamp with time zone",
    "timestamp without time zone",
    "double precision",
    "text[]",
    "integer[]",
    "bigint[]",
)
"""Types whose hash sees every difference and is the same on every server. Others (enums hash by oid, numerics
ignore trailing zeros, json has no hash) are hashed as text."""

_TABLES: Final = """
    select n.nspname, c.relname,
      coalesce(array_agg(a.attname order by a.attnum) filter (where a.attname is not null), '{}')::text[],
      coalesce(array_agg(format_type(a.atttypid, null) order by a.attnum)
        filter (where a.attname is not null), '{}')::text[]
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r'
      and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_(toast|temp)'
      and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      )
    group by n.nspname, c.relname
    order by n.nspname, c.relname
"""

_SESSION: Final = (
    "set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;"
    " set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';"
    " set extra_float_digits = 1; set bytea_output = 'hex'; set row_security = off;"
    " set max_parallel_workers_per_gather = 0; set search_path = pg_catalog"
)


class TableContent(msgspec.Struct, frozen=True):
    """How many rows a table has and the sum of their 64-bit hashes, in hex."""

    rows: int
    hash: str


async def prepare(connection: AsyncConnection[Any]) -> None:
    """Set what the text of values depends on, and let nothing time out while a dump runs."""
    await connection.execute(_SESSION)


async def tables(connection: AsyncConnection[Any]) -> list[tuple[str, str, list[str], list[str]]]:
    """Return schema, name, columns and their types of each ordinary table that is not an extension's."""
    return await (await connection.execute(_TABLES)).fetchall()


async def read(connection: AsyncConnection[Any]) -> dict[str, TableContent]:
    """Count and hash every table on a connection that ``prepare`` has set up."""
    found: dict[str, TableContent] = {}
    for schema, name, columns, types in await tables(connection):
        values = [_value(column, kind) for column, kind in zip(columns, types, strict=True)]
        statement = sql.SQL(
            "select count(*), coalesce(sum(hash_record_extended(row({}), 0)), 0) from only {} as t"
        ).format(sql.SQL(", ").join(values), sql.Identifier(schema, name))
        row = await (await connection.execute(statement)).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = TableContent(rows=row[0], hash=f"{int(row[1]) % 2**64:016x}")
    return found


def differences(expected: dict[str, TableContent], found: dict[str, TableContent]) -> list[str]:
    """Return one sentence for each table that is not what was expected."""
    wrong: list[str] = []
    for name in sorted({*expected, *found}):
        before, after = expected.get(name), found.get(name)
        if before is None or after is None:
            wrong.append(f"{name} is {'missing' if after is None else 'not in the backup'}")
        elif before.rows != after.rows:
            wrong.append(f"{name} has {after.rows} rows instead of {before.rows}")
        elif before != after:
            wrong.append(f"{name} has {after.rows} rows, but other contents")
    return wrong


def _value(column: str, kind: str) -> sql.Composable:
    value = sql.SQL("t.{}").format(sql.Identifier(column))
    return value if kind in _EXACT else value + sql.SQL("::text")
