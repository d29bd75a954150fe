"""Sentences of PostgreSQL's refusals, with the name that was probably meant."""

import difflib
import re
from collections.abc import Sequence
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors

_COLUMN_HINT: Final = re.compile(
    r'Perhaps you meant to reference the (?:column|table alias) "(?:[^"]*\.)?([^".]+)"'
)
_QUOTED: Final = re.compile(r'"([^"]+)"')
_CALL: Final = re.compile(r"function ([\w.]+)\(")
_MISSING_COLUMN: Final = re.compile(r'column (?:[\w."]+\.)?"?(\w+)"? does not exist')
_NUMBERED: Final = re.compile(r"\$(\d+)")

_TABLES: Final = """
    select n.nspname || '.' || c.relname, c.relname
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 1
"""
_COLUMNS: Final = """
    select distinct a.attname, a.attname
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'm', 'p', 'f')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 1
"""
_FUNCTIONS: Final = """
    select distinct case n.nspname when 'pg_catalog' then p.proname else n.nspname || '.' || p.proname end,
        p.proname
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where p.prorettype <> 'trigger'::regtype
    order by 1
"""
_TYPES: Final = """
    select n.nspname || '.' || t.typname, t.typname
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace
    where t.typelem = 0 and t.typtype in ('b', 'd', 'e', 'r') and n.nspname <> 'information_schema'
    order by 1
"""
_SCHEMAS: Final = "select nspname, nspname from pg_namespace where nspname !~ '^pg_' order by 1"


def named(text: str, parameters: Sequence[str]) -> str:
    """Return a sentence with ``$1`` and so on replaced by the names that the file gives the parameters."""

    def name(found: re.Match[str]) -> str:
        index = int(found[1])
        return f":{parameters[index - 1]}" if 0 < index <= len(parameters) else found[0]

    return _NUMBERED.sub(name, text)


def sentence(connection: psycopg.Connection[Any], error: psycopg.Error, parameters: Sequence[str]) -> str:
    """Return what PostgreSQL says is wrong, and the known name closest to one that does not exist."""
    said = named(error.diag.message_primary or "PostgreSQL refuses this statement", parameters)
    hint = _COLUMN_HINT.search(error.diag.message_hint or "")
    meant = hint[1] if hint else _meant(connection, error, said)
    if isinstance(error, errors.IndeterminateDatatype):
        return f"{said} — say it with a cast, such as ::bigint"
    return f'{said} — did you mean "{meant}"?' if meant else said


def _meant(connection: psycopg.Connection[Any], error: psycopg.Error, said: str) -> str | None:
    quoted, call, column = _QUOTED.search(said), _CALL.search(said), _MISSING_COLUMN.search(said)
    match error:
        case errors.UndefinedTable() if quoted:
            return _closest(connection, quoted[1], _TABLES)
        case errors.UndefinedColumn() if column:
            return _closest(connection, column[1], _COLUMNS)
        case errors.UndefinedFunction() if call:
            return _closest(connection, call[1], _FUNCTIONS)
        case errors.UndefinedObject() if quoted:
            return _closest(connection, quoted[1].removesuffix("[]"), _TYPES)
        case errors.InvalidSchemaName() if quoted:
            return _closest(connection, quoted[1], _SCHEMAS)
        case _:
            return None


def _closest(connection: psycopg.Connection[Any], word: str, known: LiteralString) -> str | None:
    """Return the full name of the object called most like ``word``, which may or may not name its schema."""
    rows = connection.execute(known).fetchall()
    full = {str(name): str(name) for name, _ in rows}
    short = {str(name): str(whole) for whole, name in rows}
    if word in full:
        return None
    if word in short:  # it is there, but in a schema that is not searched
        return short[word]
    names = full if "." in word else short
    found = difflib.get_close_matches(word, list(names), n=1, cutoff=0.7)
    return names[found[0]] if found else None
