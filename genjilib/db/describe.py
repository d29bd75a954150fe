"""What PostgreSQL says about a query file: types, nullability and rows, for every text of it."""

import keyword
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg

from genjilib.db import hints
from genjilib.db.header import closest
from genjilib.db.nullability import Analysis, Question, analyse, analyse_all
from genjilib.db.python_types import PYTHON_TYPES
from genjilib.db.scan import Compiled, Key, QueryFile, SqlFileError, at_alias, parse_any, raise_all
from genjilib.db.signature import Column, Parameter, Rows, Signature

_OVERRIDE: Final = re.compile(r"(\w+)([!?])")
_PARAMETER: Final = re.compile(r":\w+")
_ROWS: Final[tuple[Rows, ...]] = ("none", "one", "maybe", "many")
_FITTING: Final[dict[Rows, tuple[str, ...]]] = {
    "none": ("none", "count", "batch", "copy"),
    "one": ("one", "scalar", "value"),
    "maybe": ("maybe", "scalar", "one", "value"),
    "many": ("many", "stream", "maybe", "one", "scalar", "value", "copy"),
}
"""What a header may say for the rows that are proved, the inferred one first; what promises fewer rows than
are proved is checked again at run time."""
_SAID: Final[dict[Rows, str]] = {
    "none": "no rows come back",
    "one": "exactly one row comes back",
    "maybe": "at most one row comes back",
    "many": "rows come back",
}


@dataclass(slots=True)
class Part:
    """What PostgreSQL says of some of a file's texts; several make one by ``join``."""

    columns: tuple[Column, ...] | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    rows: set[Rows] = field(default_factory=set[Rows])
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def describe(connection: psycopg.Connection[Any], file: QueryFile) -> Signature:
    """Ask PostgreSQL about every text of ``file``; raise ``SqlFileError`` where one is wrong."""
    return join(file, [describe_part(connection, file, list(file.variants()))])


def describe_part(connection: psycopg.Connection[Any], file: QueryFile, keys: Sequence[Key]) -> Part:
    """Ask PostgreSQL about the texts ``keys`` of ``file``; raise ``SqlFileError`` where one is wrong."""
    part, errors = Part(), list[SqlFileError]()
    for compiled, answer in _asked(connection, file, keys):
        try:
            analysis = _accepted(connection, file, compiled, answer)
            found = _columns(file, compiled, analysis)
            _check_names(file, found)
            part.columns = _merge_columns(file, part.columns, found)
            for parameter in _parameters(compiled, analysis):
                _merge_parameter(file, part.parameters, parameter)
            _check_writes(file, analysis)
        except SqlFileError as error:
            errors.append(error)
            continue
        part.rows.add(analysis.rows)
    raise_all(errors)
    members = (*part.parameters.values(), *(part.columns or ()))
    part.enums = _enums(connection, [name for member in members for name in _type_names(member)])
    return part


def join(file: QueryFile, parts: Sequence[Part]) -> Signature:
    """Return what holds of all texts of ``file``; raise ``SqlFileError`` where they or its header disagree.

    All texts must agree on the columns and on the type of each parameter. A column is nullable when it is in
    any of them, and a parameter when one of them provides for null.
    """
    whole = Part(rows={"none"})
    for part in parts:
        whole.columns = _merge_columns(file, whole.columns, part.columns or ())
        for parameter in part.parameters.values():
            _merge_parameter(file, whole.parameters, parameter)
        whole.rows |= part.rows
        whole.enums |= part.enums
    columns, worst = whole.columns or (), max(whole.rows, key=_ROWS.index)
    returns = _returns(file, worst, columns)
    ordered = tuple(whole.parameters[name] for name in file.parameters)
    return Signature(ordered, columns, worst, returns, whole.enums)


def describe_any(
    connection: psycopg.Connection[Any], source: str, nullable_parameters: Collection[int] | None = None
) -> Signature:
    """Ask PostgreSQL about SQL text that need not be a query file; parameters are ``:name`` or ``$1``.

    ``nullable_parameters`` overrides what the statement says about null. Raises ``SqlFileError``.
    """
    file = parse_any(source)
    compiled = file.compile(next(file.variants()))
    try:
        analysis = analyse(connection, compiled.text, nullable_parameters=nullable_parameters)
    except psycopg.Error as error:
        raise refusal(connection, file, compiled, error) from None
    names = compiled.parameters or tuple(f"${found.number}" for found in analysis.parameters)
    parameters = tuple(
        Parameter(name, found.type_name, found.nullable, hints.named(found.why, names), found.shape)
        for name, found in zip(names, analysis.parameters, strict=True)
    )
    columns = _columns(file, compiled, analysis)
    return Signature(parameters, columns, analysis.rows, _FITTING[analysis.rows][0], {})


def refusal(
    connection: psycopg.Connection[Any],
    file: QueryFile,
    compiled: Compiled,
    error: psycopg.Error,
    *,
    before: int = 0,
) -> SqlFileError:
    """Return what PostgreSQL refuses, at its place in the file; the text began ``before`` characters in."""
    sentence = hints.sentence(connection, error, compiled.parameters)
    if error.diag.statement_position is None:  # such as for a parameter without a type
        named = _PARAMETER.search(sentence)
        return file.error(max(0, file.source.find(named[0])) if named else 0, sentence)
    position = max(0, int(error.diag.statement_position) - 1 - before)
    return file.error(compiled.source_offset(position), sentence)


def _asked(
    connection: psycopg.Connection[Any], file: QueryFile, keys: Sequence[Key]
) -> Iterator[tuple[Compiled, Analysis | psycopg.Error]]:
    """Yield texts of a file with what PostgreSQL says about each."""
    texts = [file.compile(key) for key in keys]
    questions = [Question(compiled.text, also_nullable=_said_null(file, compiled)) for compiled in texts]
    return zip(texts, analyse_all(connection, questions), strict=True)


def _accepted(
    connection: psycopg.Connection[Any],
    file: QueryFile,
    compiled: Compiled,
    answer: Analysis | psycopg.Error,
) -> Analysis:
    if isinstance(answer, psycopg.Error):
        raise refusal(connection, file, compiled, answer)
    if len(answer.parameters) != len(compiled.parameters):
        raise file.error(0, "PostgreSQL sees other parameters than the file names")
    return answer


def _said_null(file: QueryFile, compiled: Compiled) -> set[int]:
    """Return the numbers of the parameters that the header says take null, such as a function's arguments."""
    names = file.said_null
    if unknown := names - set(file.parameters):
        unknown_names = ", ".join(sorted(unknown))
        hint = closest(next(iter(sorted(unknown))), file.parameters)
        raise file.wrong("null", f"the statement has no parameter {unknown_names}{hint}")
    return {number for number, name in enumerate(compiled.parameters, 1) if name in names}


def _columns(file: QueryFile, compiled: Compiled, analysis: Analysis) -> tuple[Column, ...]:
    found: list[Column] = []
    for column in analysis.columns:
        override = _OVERRIDE.fullmatch(column.name)
        why = hints.named(column.why, compiled.parameters)
        if override is None:
            found.append(Column(column.name, column.type_name, column.nullable, why, column.shape))
            continue
        name, mark = override[1], override[2]
        if not column.nullable:
            verdict = "is proved never to be null" if mark == "?" else "is proved anyway"
            raise at_alias(file, column.name, f'"{column.name}" {verdict}: {why}; drop the "{mark}"')
        found.append(Column(name, column.type_name, mark == "?", "said so by the alias", column.shape))
    return tuple(found)


def _check_names(file: QueryFile, columns: Sequence[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if not column.name.isidentifier() or keyword.iskeyword(column.name):
            raise at_alias(
                file, column.name, f'the column "{column.name}" needs a name that Python can use: … as name'
            )
        if column.name in seen:
            raise at_alias(file, column.name, f'two columns are called "{column.name}"')
        seen.add(column.name)


def _merge_columns(
    file: QueryFile, known: tuple[Column, ...] | None, found: tuple[Column, ...]
) -> tuple[Column, ...]:
    if known is None:
        return found
    if [(c.name, c.type_name) for c in known] != [(c.name, c.type_name) for c in found]:
        raise file.error(
            0, f"with other clauses or orders there are other columns: {_difference(known, found)}"
        )
    merged = zip(known, found, strict=True)
    return tuple(
        replace(
            other if other.nullable else column, shape=column.shape if column.shape == other.shape else None
        )
        for column, other in merged
    )


def _difference(known: Sequence[Column], found: Sequence[Column]) -> str:
    one, other = ([f"{c.name} {c.type_name}" for c in columns] for columns in (known, found))
    return f"{', '.join(one)} and {', '.join(other)}"


def _parameters(compiled: Compiled, analysis: Analysis) -> Iterator[Parameter]:
    for name, found in zip(compiled.parameters, analysis.parameters, strict=True):
        why = hints.named(found.why, compiled.parameters)
        yield Parameter(name, found.type_name, found.nullable, why, found.shape)


def _merge_parameter(file: QueryFile, known: dict[str, Parameter], parameter: Parameter) -> None:
    name = parameter.name
    other = known.setdefault(name, parameter)
    if other.type_name != parameter.type_name:
        kinds = f"{other.type_name} in one combination and {parameter.type_name} in another"
        raise file.error(file.source.find(f":{name}"), f":{name} is {kinds}; say which with a cast")
    if parameter.nullable and not other.nullable:
        known[name] = replace(other, nullable=True, why=parameter.why)


def _check_writes(file: QueryFile, analysis: Analysis) -> None:
    said = {table.strip() for table in file.directives.get("writes", "").split(",") if table.strip()}
    silent = sorted(set(analysis.writes) - said)
    if silent:
        raise file.wrong("writes", f"the header needs '-- writes: {', '.join(silent)}'")


def _returns(file: QueryFile, rows: Rows, columns: Sequence[Column]) -> str:
    """Return what the header says comes back, or what follows from the statement where it says nothing."""
    said = file.directives.get("returns")
    inferred = "count" if rows == "none" and "writes" in file.directives else _FITTING[rows][0]
    if said is None:
        return inferred
    if said not in _FITTING[rows]:
        fitting = " or ".join(_FITTING[rows][:2])
        raise file.wrong("returns", f"{_SAID[rows]}, so '-- returns: {fitting}' fits, not '{said}'")
    if said in ("scalar", "value") and len(columns) != 1:
        raise file.wrong("returns", f"'-- returns: {said}' needs exactly one column, not {len(columns)}")
    return said


def _type_names(member: Column | Parameter) -> Iterator[str]:
    """Yield the type of a column or parameter and those inside it."""
    yield member.type_name
    shapes = [member.shape]
    while shapes:
        shape = shapes.pop()
        if shape is not None:
            yield shape.type_name
            shapes += [shape.items, *(shape.fields or {}).values()]


def _enums(connection: psycopg.Connection[Any], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    wanted = sorted({name.removesuffix("[]") for name in names if name not in PYTHON_TYPES})
    if not wanted:
        return {}
    rows = connection.execute(
        "select format_type(t.oid, null), array_agg(e.enumlabel::text order by e.enumsortorder)"
        " from pg_type as t join pg_enum as e on e.enumtypid = t.oid group by t.oid"
    )
    return {name: tuple(labels) for name, labels in rows.fetchall() if name in wanted}
