"""Rows for every table, made from the catalog alone: foreign keys, checks and triggers are respected."""

import re
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import LiteralString

import psycopg
from psycopg import sql

# Tables that hold one row, though only their name says so.
SINGLE = {
    "crawl.position",
    "definitions.manifest",
    "lootbox.active_key",
    "lootbox.xp_multiplier",
    "maps.listed",
}

# Tables whose rows a trigger looks for before it lets a row in.
WANTED_BY_TRIGGER = {"playtests.votes": {"core.completions"}}

# What no catalog tells: values that a check or a trigger asks for; None leaves the column empty.
SPECIAL: dict[str, str | None] = {
    "core.maps.code": "MAP{i:02}",
    "core.maps.raw_difficulty": "{i}.5",
    "core.completions.verified": "true",
    "crawl.missed.state": "missed",
    "store.purchases.purchase_type": "item",
    "store.quest_rotation.user_id": None,
    "definitions.weapon_definition.weapon_type": "Bow",
    "definitions.weapon_definition.element": "Void",
    "definitions.weapon_definition.slot": "Energy",
    "definitions.weapon_definition.ammo_type": "Primary",
    "definitions.weapon_definition.rarity": "Rare",
    "flagging.flag_instance.cheat_probability": "0.{n}",
    "flagging.flag_instance_player.cheat_probability": "0.{n}",
    "flagging.blacklist_instance.report_source": "Manual",
}

BY_TYPE = {
    "bigint": "{n}",
    "boolean": "true",
    "double precision": "{n}.5",
    "double precision[]": "{{0.5,0.{n}}}",
    "inet": "127.0.0.{n}",
    "integer": "{n}",
    "integer[]": "{{{n}}}",
    "json": '{{"type": "kind {n}"}}',
    "jsonb": '{{"type": "kind {n}"}}',
    "text": "{column} {n}",
    "text[]": "{{{column},{n}}}",
    "time without time zone": "{n}:00",
    "uuid": "00000000-0000-0000-0000-{n:012}",
}

COLUMNS: LiteralString = """
    select n.nspname || '.' || t.relname, a.attname, format_type(a.atttypid, null)
    from pg_attribute a
    join pg_class t on t.oid = a.attrelid
    join pg_namespace n on n.oid = t.relnamespace
    where t.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and t.relname <> 'schema_migrations'
        and a.attidentity = '' and a.attgenerated = ''
    order by 1, a.attnum
"""

DEFAULTS: LiteralString = """
    select n.nspname || '.' || t.relname || '.' || a.attname
    from pg_attrdef d
    join pg_attribute a on (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
    join pg_class t on t.oid = a.attrelid
    join pg_namespace n on n.oid = t.relnamespace
"""

REFERENCES: LiteralString = """
    select n.nspname || '.' || t.relname, pn.nspname || '.' || p.relname,
        array(select attname::text from unnest(c.conkey) with ordinality k(num, pos)
            join pg_attribute on attrelid = c.conrelid and attnum = k.num order by k.pos),
        array(select attname::text from unnest(c.confkey) with ordinality k(num, pos)
            join pg_attribute on attrelid = c.confrelid and attnum = k.num order by k.pos)
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join pg_namespace n on n.oid = t.relnamespace
    join pg_class p on p.oid = c.confrelid
    join pg_namespace pn on pn.oid = p.relnamespace
    where c.contype = 'f'
"""

CHECKS: LiteralString = """
    select n.nspname || '.' || t.relname, pg_get_constraintdef(c.oid)
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join pg_namespace n on n.oid = t.relnamespace
    where c.contype = 'c'
"""


@dataclass
class Table:
    """What has to be known of a table to make a row for it."""

    name: str
    columns: dict[str, str] = field(default_factory=dict[str, str])
    parents: list[tuple[str, list[str], list[str]]] = field(
        default_factory=list[tuple[str, list[str], list[str]]]
    )
    single: bool = False

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(*self.name.split("."))


def fill(connection: psycopg.Connection, rows: int = 3) -> None:
    """Bring every table to `rows` rows (nine at most; tables that hold one row by their nature, to one)."""
    # What a commit brings of itself shall be there before its table has its turn.
    connection.execute("set constraints all immediate")
    tables, special = read_catalog(connection)
    parents = {name: {p for p, *_ in table.parents if p != name} for name, table in tables.items()}
    for name, wanted in WANTED_BY_TRIGGER.items():
        parents[name] |= wanted
    for name in TopologicalSorter(parents).static_order():
        table = tables[name]
        for i in range(count(connection, table), 1 if table.single else rows):
            insert(connection, table, i, special)


def read_catalog(connection: psycopg.Connection) -> tuple[dict[str, Table], dict[str, str | None]]:
    """The tables, and for some columns the pattern that their values follow."""
    tables: dict[str, Table] = {}
    for name, column, kind in connection.execute(COLUMNS):
        tables.setdefault(name, Table(name, single=name in SINGLE)).columns[column] = kind
    for name, parent, columns, keys in connection.execute(REFERENCES):
        tables[name].parents.append((parent, columns, keys))
    special: dict[str, str | None] = {column: "default" for (column,) in connection.execute(DEFAULTS)}
    for name, check in connection.execute(CHECKS):
        tables[name].single |= check == "CHECK ((id = 1))"
        if one_of := re.match(r"CHECK \(\((\w+) = ANY \(ARRAY\['([^']+)'", check):
            special[f"{name}.{one_of[1]}"] = one_of[2]
    return tables, special | SPECIAL


def count(connection: psycopg.Connection, table: Table) -> int:
    """How many rows a table holds."""
    row = connection.execute(sql.SQL("select count(*) from {}").format(table.identifier)).fetchone()
    assert row is not None
    return int(row[0])


def insert(connection: psycopg.Connection, table: Table, i: int, special: dict[str, str | None]) -> None:
    """Add the row number `i`, which refers to the row number `i` of each parent."""
    values = {column: value(table, column, i, special) for column in table.columns}
    for parent, columns, keys in table.parents:
        for column, key in zip(columns, parent_key(connection, table, parent, keys, i), strict=True):
            if special.get(f"{table.name}.{column}", "") is not None:
                values[column] = sql.Literal(key)
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        table.identifier, sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(values.values())
    )
    connection.execute(statement)


def value(table: Table, column: str, i: int, special: dict[str, str | None]) -> sql.Composable:
    """A value as text, which the server reads as the type of the column."""
    kind = table.columns[column]
    pattern = special.get(f"{table.name}.{column}", BY_TYPE.get(kind, "{n}"))
    if pattern == "default":
        return sql.DEFAULT
    if kind.startswith("timestamp"):
        pattern = "2026-01-0{n} 12:00"
    return sql.Literal(pattern and pattern.format(i=i, n=i + 1, column=column))


def parent_key(
    connection: psycopg.Connection, table: Table, parent: str, keys: list[str], i: int
) -> tuple[object, ...]:
    """The key of the parent's row number `i`; within one table only the second row refers, to the first."""
    nothing = (None,) * len(keys)
    if parent == table.name and i != 1:
        return nothing
    names = sql.SQL(", ").join(map(sql.Identifier, keys))
    source = sql.Identifier(*parent.split("."))
    query = sql.SQL("select {0} from {1} order by {0} offset %s limit 1").format(names, source)
    return connection.execute(query, [0 if parent == table.name else i]).fetchone() or nothing
