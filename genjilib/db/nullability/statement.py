"""Asks PostgreSQL to analyse a statement: its description, and its tree as a function nobody keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import errors, pq
from psycopg.rows import tuple_row

from genjilib.db.nullability.catalog import body_query
from genjilib.db.nullability.nodes import Node

# One trip: the function is made, read and undone. That the text is one statement, Prepare has checked.
_MAKE_AND_READ: Final = """
savepoint genji_analysis;
create function pg_temp.genji_analysed_statement({types}) returns void language sql begin atomic {text}
;
end;
select p.prosqlbody::text from pg_catalog.pg_proc p
where p.proname = 'genji_analysed_statement' and p.pronamespace = pg_catalog.pg_my_temp_schema();
rollback to savepoint genji_analysis
"""
_REFUSALS: Final = (
    errors.FeatureNotSupported,
    errors.SyntaxError,
    errors.InvalidFunctionDefinition,
    errors.InvalidTableDefinition,
    errors.IndeterminateDatatype,
    errors.UndefinedParameter,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A result column as Describe gives it; `table` and `column` are 0 unless it is a plain column."""

    name: str
    type_oid: int
    table: int
    column: int


@dataclass(frozen=True, slots=True)
class Description:
    """Types of parameters and columns."""

    parameters: tuple[int, ...]
    fields: tuple[Field, ...]


def describe(connection: psycopg.Connection[Any], text: str, types: Sequence[str]) -> Description:
    """Prepare a statement without running it.

    Raises psycopg.Error, with the position, for a statement that PostgreSQL does not accept.
    """
    oids = [_type_oid(connection, name) if name else 0 for name in types]
    server, encoding = connection.pgconn, connection.info.encoding
    result = server.prepare(b"", text.encode(encoding), oids)
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise errors.error_from_result(result, encoding=encoding)
    result = server.describe_prepared(b"")
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise errors.error_from_result(result, encoding=encoding)
    return Description(
        tuple(result.param_type(index) for index in range(result.nparams)),
        tuple(
            Field(
                (result.fname(index) or b"").decode(encoding),
                result.ftype(index),
                result.ftable(index),
                result.ftablecol(index),
            )
            for index in range(result.nfields)
        ),
    )


def analysed(connection: psycopg.Connection[Any], text: str, parameter_types: Sequence[str]) -> Node | str:
    """The query tree of a statement that PostgreSQL accepted, or why it cannot be had."""
    question = _MAKE_AND_READ.format(types=", ".join(parameter_types), text=text)
    cursor = connection.cursor(row_factory=tuple_row)
    try:
        cursor.execute(question.encode(connection.info.encoding), prepare=False)
    except _REFUSALS as refusal:
        cursor.execute("rollback to savepoint genji_analysis")
        return refusal.diag.message_primary or "PostgreSQL does not analyse such a statement"
    while cursor.description is None and cursor.nextset():
        pass
    row = cursor.fetchone()
    tree = body_query(row[0]) if row and row[0] else None
    return tree if tree is not None else "the statement is empty"


def _type_oid(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.cursor(row_factory=tuple_row).execute("select %s::regtype::oid", (name,)).fetchone()
    return row[0] if row else 0
