"""What PostgreSQL says about a statement text: parameters, columns, types and how many rows can come back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import pq

from genjilib.db.scan import Compiled, Key, QueryFile, SqlFileError

_OVERRIDE: Final = re.compile(r"(.+)([!?])")
_HINT: Final = re.compile(r'Perhaps you meant to reference the column "(?:[^"]*\.)?([^".]+)"')


@dataclass(frozen=True, slots=True)
class Column:
    """A result column: ``type_name`` is PostgreSQL's spelling, ``why`` tells what decided ``nullable``."""

    name: str
    type_name: str
    nullable: bool
    why: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``nullable`` only where the statement itself provides for null."""

    name: str
    type_name: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """All that a caller of a query file can know."""

    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    enums: dict[str, tuple[str, ...]]


def describe(connection: psycopg.Connection[Any], file: QueryFile) -> Signature:
    """Ask PostgreSQL about every text of ``file``; raise ``SqlFileError`` where one is wrong.

    All texts must agree on columns and on the type of each parameter.
    """
    first: Signature | None = None
    parameters: dict[str, Parameter] = {}
    for key in file.variants():
        signature = _describe_text(connection, file, key)
        if first is not None and signature.columns != first.columns:
            raise file.error(0, f"the columns of combination {key} differ from those of the plain statement")
        first = first or signature
        _merge(file, parameters, signature.parameters)
    assert first is not None
    ordered = tuple(parameters[name] for name in file.parameters)
    names = [p.type_name for p in ordered] + [c.type_name for c in first.columns]
    return Signature(ordered, first.columns, _enums(connection, names))


def _merge(file: QueryFile, known: dict[str, Parameter], found: Sequence[Parameter]) -> None:
    for parameter in found:
        other = known.setdefault(parameter.name, parameter)
        if other.type_name != parameter.type_name:
            kinds = f"{other.type_name} in one combination and {parameter.type_name} in another"
            raise file.error(0, f":{parameter.name} is {kinds}")


def _describe_text(connection: psycopg.Connection[Any], file: QueryFile, key: Key) -> Signature:
    compiled = file.compile(key)
    result = _prepare(connection, file, compiled)
    types = [result.ftype(i) for i in range(result.nfields)]
    modifiers = [result.fmod(i) for i in range(result.nfields)]
    inputs = [result.param_type(i) for i in range(result.nparams)]
    if len(inputs) != len(compiled.parameters):
        raise file.error(0, "PostgreSQL sees other parameters than the file names")
    names = _type_names(connection, [*types, *inputs])
    facts = [(result.ftable(i), result.ftablecol(i)) for i in range(result.nfields)]
    not_null = _not_null(connection, facts)
    columns = [
        _column(file, (result.fname(i) or b"").decode(), names[types[i]], facts[i], not_null)
        for i in range(len(modifiers))
    ]
    _check_names(file, columns)
    return Signature(
        tuple(
            Parameter(name, names[oid], True) for name, oid in zip(compiled.parameters, inputs, strict=True)
        ),
        tuple(columns),
        {},
    )


def _prepare(connection: psycopg.Connection[Any], file: QueryFile, compiled: Compiled) -> pq.abc.PGresult:
    pgconn = connection.pgconn
    result = pgconn.prepare(b"", compiled.text.encode())
    if result.status == pq.ExecStatus.COMMAND_OK:
        return pgconn.describe_prepared(b"")
    error = psycopg.errors.error_from_result(result, encoding="utf-8")
    position = int(error.diag.statement_position or 1) - 1
    sentence = error.diag.message_primary or "PostgreSQL refuses this statement"
    if (hint := _HINT.search(error.diag.message_hint or "")) is not None:
        sentence += f' — did you mean "{hint[1]}"?'
    raise file.error(compiled.source_offset(position), sentence) from None


def _column(
    file: QueryFile, name: str, type_name: str, fact: tuple[int, int], not_null: set[tuple[int, int]]
) -> Column:
    if (override := _OVERRIDE.fullmatch(name)) is not None:
        return Column(override[1], type_name, override[2] == "?", "said so by the alias")
    if fact in not_null:
        return Column(name, type_name, False, "a column that is not null")
    return Column(name, type_name, True, "nothing proves it is not null")


def _check_names(file: QueryFile, columns: Sequence[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if not column.name.isidentifier():
            raise file.error(0, f'the column "{column.name}" needs a name that Python can use: … as name')
        if column.name in seen:
            raise file.error(0, f'two columns are called "{column.name}"')
        seen.add(column.name)


def _type_names(connection: psycopg.Connection[Any], oids: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        "select t, format_type(t, null) from unnest(%s::oid[]) as t", (list(set(oids)),), prepare=False
    )
    return dict(rows.fetchall())


def _not_null(connection: psycopg.Connection[Any], facts: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    tables = list({table for table, _ in facts if table})
    rows = connection.execute(
        "select attrelid, attnum from pg_attribute where attrelid = any(%s::oid[]) and attnotnull", (tables,)
    )
    return set(rows.fetchall())


def _enums(connection: psycopg.Connection[Any], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(
        "select format_type(t.oid, null), array_agg(e.enumlabel::text order by e.enumsortorder)"
        " from pg_type as t join pg_enum as e on e.enumtypid = t.oid group by t.oid"
    )
    wanted = {name.removesuffix("[]") for name in names}
    return {name: tuple(labels) for name, labels in rows.fetchall() if name in wanted}


__all__ = ["Column", "Parameter", "Signature", "SqlFileError", "describe"]
