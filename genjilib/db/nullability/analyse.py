"""The nullability, origin and row count of a statement, proved from the tree PostgreSQL makes of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from genjilib.db.nullability.catalog import Catalog, catalog_of
from genjilib.db.nullability.columns import absent
from genjilib.db.nullability.effects import only_reads, tables_written
from genjilib.db.nullability.json_shapes import output_shape, row_of_type, row_shape
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.parameters import Use, parameter_uses
from genjilib.db.nullability.prover import RuleProver
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.statement import Asked, Description, Field, Question, ask
from genjilib.db.nullability.terms import Bounds, Verdict, perhaps
from genjilib.db.signature import Rows, Shape

_SUPPORTED: Final = range(150000, 190000)
_JSON: Final = frozenset((114, 3802))  # json, jsonb


@dataclass(frozen=True, slots=True)
class Column:
    """A result column. `outer` is the relation whose absence, in an outer join, makes it null.

    `shape` is what its JSON holds, where the statement builds it, or its row, or its array of rows.
    """

    name: str
    type_oid: int
    type_name: str
    nullable: bool
    why: str
    relation: str | None
    column: str | None
    outer: str | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter `$number`. `column` is the `schema.table.column` it is written to or compared with.

    `shape` tells the fields of a row, or of an array of rows.
    """

    number: int
    type_oid: int
    type_name: str
    nullable: bool
    why: str
    column: str | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a statement takes, gives and does."""

    columns: tuple[Column, ...]
    parameters: tuple[Parameter, ...]
    rows: Rows
    writes: tuple[str, ...]
    reads_only: bool


def analyse(
    conn: psycopg.Connection[Any],
    sql: str,
    parameter_types: Sequence[str] = (),
    *,
    nullable_parameters: Collection[int] | None = None,
) -> Analysis:
    """Prove what can be proved of one statement with `$1 …` parameters; nothing is run and nothing is kept.

    `parameter_types` names types where PostgreSQL should not infer them ("" where it should).
    `nullable_parameters` overrides what the statement says about null arguments. A column said not to be
    nullable never is, as long as the schema stays as it is; a function that is not known counts as nullable.

    Needs a session that may write and create temporary objects. Raises psycopg.Error, with the position,
    for a statement that PostgreSQL does not accept.
    """
    (found,) = analyse_all(conn, [Question(sql, parameter_types, nullable_parameters)])
    if isinstance(found, psycopg.Error):
        raise found
    return found


def analyse_all(
    conn: psycopg.Connection[Any], questions: Sequence[Question]
) -> list[Analysis | psycopg.Error]:
    """Prove what can be proved of several statements, as `analyse` does of one, in a few round trips."""
    with conn.transaction(force_rollback=True):
        catalog = catalog_of(conn)
        answers = ask(conn, catalog, questions)
        return [
            answer if isinstance(answer, psycopg.Error) else _analysed(conn, catalog, answer, question)
            for answer, question in zip(answers, questions, strict=True)
        ]


def _analysed(conn: psycopg.Connection[Any], catalog: Catalog, asked: Asked, question: Question) -> Analysis:
    tree = asked.tree
    if conn.info.server_version not in _SUPPORTED:
        tree = f"nothing is proved for PostgreSQL {conn.info.server_version // 10000}"
    if isinstance(tree, str):
        return _unproved(catalog, asked.description, tree)
    try:
        return _proved(catalog, asked.description, tree, question)
    except RecursionError:
        return _unproved(catalog, asked.description, "the statement is nested too deeply to be proved")


def _proved(catalog: Catalog, description: Description, tree: Node, question: Question) -> Analysis:
    scope = Scope(RuleProver(catalog), tree)
    uses = parameter_uses(scope) if description.parameters else {}
    parameters = tuple(
        _parameter(catalog, number, oid, uses.get(number, Use()), question)
        for number, oid in enumerate(description.parameters, 1)
    )
    nullable = frozenset(parameter.number for parameter in parameters if parameter.nullable)
    if nullable:  # what was found out so far took every parameter for given
        scope = Scope(RuleProver(catalog, nullable), tree)
    fields = enumerate(description.fields, 1)
    return Analysis(
        columns=tuple(_column(scope, field, number) for number, field in fields),
        parameters=parameters,
        rows=_rows(scope.prover.bounds(scope)) if description.fields else "none",
        writes=tables_written(catalog, tree),
        reads_only=only_reads(catalog, tree),
    )


def _unproved(catalog: Catalog, description: Description, why: str) -> Analysis:
    """What Describe alone tells: names and types, everything nullable, any number of rows."""
    return Analysis(
        columns=tuple(_described(catalog, field, perhaps(why)) for field in description.fields),
        parameters=tuple(
            Parameter(number, oid, catalog.plain_name(oid), False, why, None, row_of_type(catalog, oid))
            for number, oid in enumerate(description.parameters, 1)
        ),
        rows="many" if description.fields else "none",
        writes=(),
        reads_only=False,
    )


def _rows(bounds: Bounds) -> Rows:
    if bounds.most != 1:
        return "many"
    return "one" if bounds.least else "maybe"


def _parameter(catalog: Catalog, number: int, oid: int, use: Use, question: Question) -> Parameter:
    nullable = use.nullable if question.nullable is None else number in question.nullable
    nullable = nullable or number in question.also_nullable
    why = use.why if nullable == use.nullable else "the caller says so"
    column, shape = next(iter(use.columns), None), row_of_type(catalog, oid)
    return Parameter(number, oid, catalog.plain_name(oid), nullable, why, column, shape)


def _column(scope: Scope, field: Field, number: int) -> Column:
    verdict, is_json = scope.prover.output(scope, number), field.type_oid in _JSON
    shape = output_shape(scope, number) if is_json else row_shape(scope, number, field.type_oid)
    return _described(scope.catalog, field, verdict, _outer(scope, number), shape)


def _outer(scope: Scope, number: int) -> str | None:
    """The relation that an outer join may leave out, if the column is one of its own."""
    targets = scope.targets()
    node = targets[number - 1].node("expr") if number <= len(targets) else None
    if node is None or node.kind != "VAR" or scope.query.node("setOperations") is not None:
        return None
    place = scope.place()
    missing = absent(scope, node.integer("varno"), place.facts | place.local)
    return scope.alias(node.integer("varno")) if missing else None


def _described(
    catalog: Catalog, field: Field, verdict: Verdict, outer: str | None = None, shape: Shape | None = None
) -> Column:
    relation = catalog.relation(field.table) if field.table else None
    source = relation.attributes.get(field.column) if relation else None
    return Column(
        name=field.name,
        type_oid=field.type_oid,
        type_name=catalog.plain_name(field.type_oid),
        nullable=verdict.nullable,
        why=verdict.why,
        relation=relation.name if relation and source else None,
        column=source.name if source else None,
        outer=outer,
        shape=shape,
    )
