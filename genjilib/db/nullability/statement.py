"""Asks PostgreSQL to analyse statements: their descriptions, and their trees as functions nobody keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import errors, generators, pq
from psycopg.rows import tuple_row

from genjilib.db.nullability.catalog import Catalog, body_query
from genjilib.db.nullability.nodes import Node

# That the text is one statement, Prepare has checked.
_MAKE: Final = (
    "create function pg_temp.genji_analysed_statement({types}) returns void language sql begin atomic {text}"
    "\n;\nend"
)
_READ: Final = (
    b"select p.prosqlbody::text from pg_catalog.pg_proc p where p.proname = 'genji_analysed_statement'"
    b" and p.pronamespace = pg_catalog.pg_my_temp_schema()"
)
_UNDO: Final = b"rollback to savepoint genji_analysis"
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


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with `$1 …` parameters.

    `types` names types where PostgreSQL should not infer them ("" where it should). `nullable` overrides what
    the statement says about null arguments, `also_nullable` adds to it.
    """

    text: str
    types: Sequence[str] = ()
    nullable: Collection[int] | None = None
    also_nullable: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What PostgreSQL says of a statement; instead of the tree, why it cannot be had."""

    description: Description
    tree: Node | str


def ask(
    connection: psycopg.Connection[Any], catalog: Catalog, questions: Sequence[Question]
) -> list[Asked | psycopg.Error]:
    """Have statements prepared and analysed, but not run, inside a transaction that is then undone.

    All of them travel together: two round trips, however many there are. An answer is an error, with the
    position, where PostgreSQL does not accept the statement.
    """
    encoding = connection.info.encoding
    texts = [question.text.encode(encoding) for question in questions]
    oids = [[_type_oid(connection, name) if name else 0 for name in question.types] for question in questions]
    server = connection.pgconn
    connection.execute("savepoint genji_analysis")

    def prepare(index: int) -> None:
        server.send_prepare(b"", texts[index], oids[index])
        server.send_describe_prepared(b"")

    described = [
        _description(answers[1], encoding) if _worked(answers) else _error(answers, encoding)
        for answers in _undone(connection, prepare, range(len(questions)))
    ]

    makers = {
        index: _MAKE.format(types=_type_names(catalog, found), text=questions[index].text).encode(encoding)
        for index, found in enumerate(described)
        if isinstance(found, Description)
    }

    def make(index: int) -> None:
        server.send_query_params(makers[index], None)
        server.send_query_params(_READ, None)

    trees = dict(zip(makers, _undone(connection, make, list(makers)), strict=True))
    return [
        Asked(found, _tree(trees[index], encoding)) if isinstance(found, Description) else found
        for index, found in enumerate(described)
    ]


def _type_names(catalog: Catalog, description: Description) -> str:
    return ", ".join(catalog.type(oid).name for oid in description.parameters)


def _undone(
    connection: psycopg.Connection[Any], send: Callable[[int], None], indexes: Sequence[int]
) -> list[list[pq.abc.PGresult]]:
    """Send two requests for each index, undo what they did, and return their answers."""
    return connection.wait(_exchange(connection.pgconn, send, indexes)) if indexes else []


def _exchange(
    server: pq.abc.PGconn, send: Callable[[int], None], indexes: Sequence[int]
) -> Generator[Any, Any, list[list[pq.abc.PGresult]]]:
    def send_all() -> None:
        for index in indexes:
            send(index)
            server.pipeline_sync()
            server.send_query_params(_UNDO, None)
            server.pipeline_sync()

    server.enter_pipeline_mode()
    try:
        answers = yield from generators.pipeline_communicate(server, deque([send_all]))
        yield from generators.send(server)
        while len(answers) < 5 * len(indexes):
            answers.append((yield from generators.fetch_many(server)))
    finally:
        if server.status == pq.ConnStatus.OK:
            server.exit_pipeline_mode()
    return [[result for (result,) in answers[5 * i : 5 * i + 2]] for i in range(len(indexes))]


def _worked(answers: Sequence[pq.abc.PGresult]) -> bool:
    return all(answer.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK) for answer in answers)


def _error(answers: Sequence[pq.abc.PGresult], encoding: str) -> psycopg.Error:
    wrong = next(answer for answer in answers if answer.status == pq.ExecStatus.FATAL_ERROR)
    return errors.error_from_result(wrong, encoding=encoding)


def _description(result: pq.abc.PGresult, encoding: str) -> Description:
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


def _tree(answers: Sequence[pq.abc.PGresult], encoding: str) -> Node | str:
    """The query tree of a statement that PostgreSQL accepted, or why it cannot be had."""
    if not _worked(answers):
        refusal = _error(answers, encoding)
        if not isinstance(refusal, _REFUSALS):
            raise refusal
        return refusal.diag.message_primary or "PostgreSQL does not analyse such a statement"
    text = answers[1].get_value(0, 0) if answers[1].ntuples else None
    tree = body_query(text.decode(encoding)) if text else None
    return tree if tree is not None else "the statement is empty"


def _type_oid(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.cursor(row_factory=tuple_row).execute("select %s::regtype::oid", (name,)).fetchone()
    return row[0] if row else 0
