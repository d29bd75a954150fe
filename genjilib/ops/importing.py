"""``genji import``: take over a community's database from a dump that pg_dump made of it."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from genjilib.ops.shell import PROGRAM, DryRun, Json, Quiet, Yes, confirm, progress, run, say, show

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from psycopg import AsyncConnection

    from genjilib.ops.dumps import Part, Table
    from genjilib.ops.postgres import Target

    Survey = dict[Table, int]

COLUMNS = ("table", "rows", "state")

DumpArgument = Annotated[
    Path, typer.Argument(help="What pg_dump wrote: plain, custom, directory or tar; with the schema or not.")
]

SEEDED: Final = frozenset(
    {
        "lootbox.active_key",
        "lootbox.key_types",
        "lootbox.main_tiers",
        "lootbox.rarities",
        "lootbox.reward_types",
        "lootbox.sub_tiers",
        "lootbox.xp_multiplier",
        "maps.listed",
        "maps.mechanics",
        "maps.names",
        "maps.restrictions",
        "maps.tags",
        "public.schema_migrations",
    }
)
"""Tables that migrations fill; the rows of a dump take the place of what is there."""

HASHED: Final = {"public.api_tokens": "api_key", "users.sessions": "id"}
"""Columns in which a dump has secrets as they are; only their SHA-256 reaches the database."""

FOREIGN: Final = frozenset({"public.schema_migrations"})
"""Tables that tell of the dumped database itself and not of the community."""

_TABLES: Final = """
    select format('%s.%s', n.nspname, c.relname), array_agg(a.attname::text order by a.attnum)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r'
      and n.nspname in (
        'public', 'completions', 'content', 'core', 'lootbox', 'maps', 'notifications', 'playtests',
        'rank_card', 'skill', 'store', 'tournaments', 'users'
      )
    group by n.nspname, c.relname
    order by n.nspname, c.relname
"""

_FOREIGN_KEYS: Final = """
    select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    from pg_constraint
    where contype = 'f'
      and (conrelid = any(%(tables)s::regclass[]) or confrelid = any(%(tables)s::regclass[]))
    order by 1, 2
"""

_SEQUENCES: Final = """
    select sn.nspname, s.relname, tn.nspname, t.relname, a.attname
    from pg_class as s
    join pg_namespace as sn on sn.oid = s.relnamespace
    join pg_depend as d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
    join pg_class as t on t.oid = d.refobjid
    join pg_namespace as tn on tn.oid = t.relnamespace
    join pg_attribute as a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where s.relkind = 'S' and t.oid = any(%(tables)s::regclass[])
    order by 1, 2
"""

_SET_SEQUENCE: Final = "select setval(s, %s, %s) from to_regclass(%s) as s where s is not null"

_ESCAPES: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def import_(
    dump: DumpArgument, json: Json = False, yes: Yes = False, dry_run: DryRun = False, quiet: Quiet = False
) -> None:
    """Fill a fresh, migrated database with the rows of a dump, all or nothing; keys are hashed on the way."""
    rows = run(_import(dump, yes, dry_run, quiet))
    if json or not quiet:
        show(rows, COLUMNS, json=json)


async def _import(dump: Path, yes: bool, dry_run: bool, quiet: bool) -> list[dict[str, Any]]:
    import asyncio

    from genjilib import queries
    from genjilib.ops import dumps, postgres

    async with postgres.database() as db:
        await _check_migrated(db)
        major = (await queries.ops.server(db)).version // 10000
    target = postgres.target()
    size = None if dumps.is_archive(dump) else await asyncio.to_thread(_size, dump)
    async with await target.connect("genji-import") as connection:
        columns = await _tables(connection)
        await _check_fresh(connection, target, columns)
        with progress("Reading", total=size, quiet=quiet) as advance:
            found = await _survey(dumps.read(dump, major, advance))
        known = _check_columns(found, columns)
        count = sum(found[table] for table in known)
        what = f"rows to import into {target.database} on {target.where}: {len(known)} tables of {dump}"
        done = confirm(count, what, yes=yes, dry_run=dry_run)
        if done:
            with progress("Importing", total=size, quiet=quiet) as advance:
                await _load(connection, known, dumps.read(dump, major, advance))
            if not quiet:
                say("Keys, passwords and sessions work as before; keys and sessions are kept as hashes now.")
    took = "imported" if done else "not imported"
    return [
        {"table": table.name, "rows": rows, "state": took if table in known else "passed over"}
        for table, rows in sorted(found.items())
    ]


def _size(dump: Path) -> int:
    return dump.stat().st_size


async def _check_migrated(db: Any) -> None:
    from genjilib.core.errors import Conflict
    from genjilib.ops import dbmate

    if any(each.state == "pending" for each in await dbmate.migrations(db)):
        raise Conflict(f"Migrations are pending: run '{PROGRAM} migrate up' first.", code="not-migrated")


async def _tables(connection: "AsyncConnection[Any]") -> dict[str, list[str]]:
    """Return the columns of each table in the community's schemas."""
    return dict(await (await connection.execute(_TABLES)).fetchall())


async def _check_fresh(
    connection: "AsyncConnection[Any]", target: "Target", names: "dict[str, list[str]]"
) -> None:
    """Raise ``Conflict`` when a table holds anything that migrations did not put there."""
    from psycopg import sql

    from genjilib.core.errors import Conflict
    from genjilib.core.principal import SYSTEM_USER_ID

    used: list[str] = []
    for name in sorted(names.keys() - SEEDED):
        kept = sql.SQL("where id <> {}").format(SYSTEM_USER_ID) if name == "core.users" else sql.SQL("")
        query = sql.SQL("select exists (select from {} {})").format(_identifier(name), kept)
        if await (await connection.execute(query)).fetchone() == (True,):
            used.append(name)
    if used:
        raise Conflict(
            f'Database "{target.database}" is in use: there are rows in {", ".join(used)}. '
            f"Import into a new one ('{PROGRAM} migrate up --create').",
            code="target-not-empty",
        )


async def _survey(parts: "AsyncIterator[Part]") -> "Survey":
    """Return how many rows of each table a dump has."""
    from genjilib.ops.dumps import Table

    found: Survey = {}
    table: Table | None = None
    async for part in parts:
        if isinstance(part, Table):
            table = part
            found[table] = 0
        elif isinstance(part, bytes) and table is not None:
            found[table] += part.count(b"\n")
    return found


def _check_columns(found: "Survey", columns: dict[str, list[str]]) -> "list[Table]":
    """Return the tables to import; raise ``Invalid`` when a dump is not one of the community's schema."""
    from genjilib.core.errors import Invalid

    if any(table.name.startswith("messages.") for table in found):
        raise Invalid(
            f"This is a dump of a database that was imported already; bring it back with '{PROGRAM} backup "
            "restore' or pg_restore.",
            code="own-dump",
        )
    known = [table for table in found if table.name in columns and table.name not in FOREIGN]
    if not known:
        raise Invalid("No table of this dump is one of the community's.", code="bad-dump")
    for table in known:
        if more := [name for name in table.columns if name not in columns[table.name]]:
            raise Invalid(f"{table.name} has no column {', '.join(more)}.", code="unknown-column")
    return known


async def _load(
    connection: "AsyncConnection[Any]", tables: "Sequence[Table]", parts: "AsyncIterator[Part]"
) -> None:
    """Import ``tables`` in one transaction; raise ``Conflict`` when their rows do not fit together."""
    import psycopg

    from genjilib.core.errors import Conflict

    try:
        async with connection.transaction():
            await _fill(connection, tables, parts)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        said = (error.diag.message_primary, error.diag.message_detail, error.diag.context)
        raise Conflict(
            f"The dump was refused and nothing imported: {' '.join(filter(None, said))}", code="bad-rows"
        ) from error


async def _fill(
    connection: "AsyncConnection[Any]", tables: "Sequence[Table]", parts: "AsyncIterator[Part]"
) -> None:
    """Copy the rows in with triggers and foreign keys out of the way; check and rebuild at the end.

    Triggers guard what people do now; rows of years ago obeyed the rules of their time.
    """
    from psycopg import sql

    names = [table.name for table in tables]
    async with connection.cursor() as cursor:
        await cursor.execute("set local statement_timeout = 0")
        await cursor.execute(_FOREIGN_KEYS, {"tables": names})
        keys = await cursor.fetchall()
        for table, key, _ in keys:
            await _ddl(cursor, f"alter table {table} drop constraint {key}")
        await cursor.execute("create temporary table kept on commit drop as table core.users")
        for name in names:
            await cursor.execute(sql.SQL("alter table {} disable trigger user").format(_identifier(name)))
            if name in SEEDED or name == "core.users":
                await cursor.execute(sql.SQL("delete from {}").format(_identifier(name)))
        places = await _copy(cursor, {table.name: table for table in tables}, parts)
        await cursor.execute("insert into core.users select * from kept on conflict do nothing")
        for table, key, definition in keys:
            await _ddl(cursor, f"alter table {table} add constraint {key} {definition}")
        for name in names:
            await cursor.execute(sql.SQL("alter table {} enable trigger user").format(_identifier(name)))
        await cursor.execute("select ranks.rebuild(), maps.rebuild_rating_totals(), maps.rebuild_details()")
        await cursor.execute("analyze")
        # Last, for sequences do not go back with a transaction.
        await _set_sequences(cursor, names, places)


async def _copy(cursor: Any, tables: "dict[str, Table]", parts: "AsyncIterator[Part]") -> list[Any]:
    """Copy the rows of ``tables`` and return where the sequences stood."""
    from psycopg import sql

    from genjilib.ops.dumps import Sequence, Table

    places: list[Sequence] = []
    async for part in parts:
        if isinstance(part, Sequence):
            places.append(part)
        elif isinstance(part, Table) and part.name in tables:
            columns = sql.SQL(", ").join(map(sql.Identifier, part.columns))
            statement = sql.SQL("copy {} ({}) from stdin").format(_identifier(part.name), columns)
            secret = HASHED.get(part.name)
            place = part.columns.index(secret) if secret in part.columns else None
            async with cursor.copy(statement) as copy:
                async for block in parts:
                    if not isinstance(block, bytes) or not block:
                        break
                    await copy.write(block if place is None else _hashed(block, place))
    return places


def _hashed(rows: bytes, place: int) -> bytes:
    """Return rows of COPY text with the SHA-256, in hex, of the value at ``place``."""
    return b"".join(_hashed_row(row.split(b"\t"), place) for row in rows[:-1].split(b"\n"))


def _hashed_row(values: list[bytes], place: int) -> bytes:
    if values[place] != b"\\N":
        plain = re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), values[place])
        values[place] = hashlib.sha256(plain).hexdigest().encode()
    return b"\t".join(values) + b"\n"


async def _set_sequences(cursor: Any, names: list[str], places: list[Any]) -> None:
    """Let sequences go on where they stood, and in no case below the ids that are given."""
    from psycopg import sql

    for name, value, called in places:
        await cursor.execute(_SET_SEQUENCE, (value, called, name))
    await cursor.execute(_SEQUENCES, {"tables": names})
    for schema, name, *table, column in await cursor.fetchall():
        sequence = sql.Identifier(schema, name)
        statement = sql.SQL(
            "select setval({}, m.highest) from (select max({}) as highest from {}) as m"
            " where m.highest > (select last_value from {})"
        ).format(sql.Literal(f"{schema}.{name}"), sql.Identifier(column), sql.Identifier(*table), sequence)
        await cursor.execute(statement)


async def _ddl(cursor: Any, statement: str) -> None:
    """Run a statement made of names that PostgreSQL itself has quoted."""
    await cursor.execute(statement.encode())


def _identifier(name: str) -> Any:
    from psycopg import sql

    return sql.Identifier(*name.split("."))
