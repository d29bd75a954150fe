"""What PostgreSQL says about a query file: types, nullability and rows, for every text of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg

from genjilib.db.nullability import Analysis, Rows, analyse
from genjilib.db.scan import Compiled, QueryFile, SqlFileError

_OVERRIDE: Final = re.compile(r"(.+)([!?])")
_HINT: Final = re.compile(r'Perhaps you meant to reference the column "(?:[^"]*\.)?([^".]+)"')
_RETURNS: Final = {"one": ("one", "scalar"), "maybe": ("maybe", "one", "scalar", "value")}
"""What a header may say where it is proved how many rows come; ``one`` is checked again at run time."""


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
    why: str


@dataclass(frozen=True, slots=True)
class Signature:
    """All that a caller of a query file can know."""

    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    rows: Rows
    enums: dict[str, tuple[str, ...]]


def describe(connection: psycopg.Connection[Any], file: QueryFile) -> Signature:
    """Ask PostgreSQL about every text of ``file``; raise ``SqlFileError`` where one is wrong.

    All texts must agree on the columns and on the type of each parameter. A column is nullable when it is in
    any of them, and a parameter when one of them provides for null.
    """
    columns: tuple[Column, ...] | None = None
    parameters: dict[str, Parameter] = {}
    rows: set[Rows] = set()
    for key in file.variants():
        compiled = file.compile(key)
        analysis = _analyse(connection, file, compiled)
        columns = _merge_columns(file, columns, _columns(file, analysis))
        _merge_parameters(file, parameters, compiled, analysis)
        _check_writes(file, analysis)
        rows.add(analysis.rows)
    ordered = tuple(parameters[name] for name in file.parameters)
    names = [p.type_name for p in ordered] + [c.type_name for c in columns or ()]
    worst: Rows = max(rows, key=("none", "one", "maybe", "many").index)
    _check_returns(file, worst)
    return Signature(ordered, columns or (), worst, _enums(connection, names))


def _analyse(connection: psycopg.Connection[Any], file: QueryFile, compiled: Compiled) -> Analysis:
    try:
        analysis = analyse(connection, compiled.text)
        said = _said_null(file, compiled)
        if said:
            # Columns may become nullable by it, so they are proved again.
            proved = {parameter.number for parameter in analysis.parameters if parameter.nullable}
            analysis = analyse(connection, compiled.text, nullable_parameters=proved | said)
    except psycopg.Error as error:
        position = int(error.diag.statement_position or 1) - 1
        sentence = error.diag.message_primary or "PostgreSQL refuses this statement"
        if (hint := _HINT.search(error.diag.message_hint or "")) is not None:
            sentence += f' — did you mean "{hint[1]}"?'
        raise file.error(compiled.source_offset(position), sentence) from None
    if len(analysis.parameters) != len(compiled.parameters):
        raise file.error(0, "PostgreSQL sees other parameters than the file names")
    return analysis


def _said_null(file: QueryFile, compiled: Compiled) -> set[int]:
    """Return the numbers of the parameters that the header says take null, such as a function's arguments."""
    names = {name.strip() for name in file.directives.get("null", "").split(",") if name.strip()}
    if unknown := names - set(file.parameters):
        raise file.error(
            0, f"'-- null:' names {', '.join(sorted(unknown))}, which the statement does not have"
        )
    return {number for number, name in enumerate(compiled.parameters, 1) if name in names}


def _columns(file: QueryFile, analysis: Analysis) -> tuple[Column, ...]:
    found: list[Column] = []
    for column in analysis.columns:
        override = _OVERRIDE.fullmatch(column.name)
        if override is None:
            found.append(Column(column.name, column.type_name, column.nullable, column.why))
            continue
        name, nullable = override[1], override[2] == "?"
        if nullable and not column.nullable:
            raise file.error(0, f'"{name}?" is proved never to be null: {column.why}; drop the "?"')
        if not nullable and not column.nullable:
            raise file.error(0, f'"{name}!" is proved anyway: {column.why}; drop the "!"')
        found.append(Column(name, column.type_name, nullable, "said so by the alias"))
    _check_names(file, found)
    return tuple(found)


def _check_names(file: QueryFile, columns: Sequence[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if not column.name.isidentifier():
            raise file.error(0, f'the column "{column.name}" needs a name that Python can use: … as name')
        if column.name in seen:
            raise file.error(0, f'two columns are called "{column.name}"')
        seen.add(column.name)


def _merge_columns(
    file: QueryFile, known: tuple[Column, ...] | None, found: tuple[Column, ...]
) -> tuple[Column, ...]:
    if known is None:
        return found
    if [(c.name, c.type_name) for c in known] != [(c.name, c.type_name) for c in found]:
        raise file.error(0, "with other clauses or orders the statement has other columns")
    return tuple(other if other.nullable else column for column, other in zip(known, found, strict=True))


def _merge_parameters(
    file: QueryFile, known: dict[str, Parameter], compiled: Compiled, analysis: Analysis
) -> None:
    for name, found in zip(compiled.parameters, analysis.parameters, strict=True):
        parameter = Parameter(name, found.type_name, found.nullable, found.why)
        other = known.setdefault(name, parameter)
        if other.type_name != parameter.type_name:
            kinds = f"{other.type_name} in one combination and {parameter.type_name} in another"
            raise file.error(0, f":{name} is {kinds}")
        if parameter.nullable and not other.nullable:
            known[name] = replace(other, nullable=True, why=parameter.why)


def _check_writes(file: QueryFile, analysis: Analysis) -> None:
    said = {table.strip() for table in file.directives.get("writes", "").split(",") if table.strip()}
    silent = sorted(set(analysis.writes) - said)
    if silent:
        raise file.error(0, f"the header needs '-- writes: {', '.join(silent)}'")


def _check_returns(file: QueryFile, rows: Rows) -> None:
    said = file.directives.get("returns", "")
    if rows in _RETURNS and said not in _RETURNS[rows]:
        count = "exactly one row" if rows == "one" else "at most one row"
        raise file.error(0, f"{count} comes back, so '-- returns: {rows}' (or scalar) fits, not '{said}'")


def _enums(connection: psycopg.Connection[Any], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(
        "select format_type(t.oid, null), array_agg(e.enumlabel::text order by e.enumsortorder)"
        " from pg_type as t join pg_enum as e on e.enumtypid = t.oid group by t.oid"
    )
    wanted = {name.removesuffix("[]") for name in names}
    return {name: tuple(labels) for name, labels in rows.fetchall() if name in wanted}


__all__ = ["Column", "Parameter", "Signature", "SqlFileError", "describe"]
