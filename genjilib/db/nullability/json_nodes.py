"""SQL/JSON constructors and query functions (PostgreSQL 16 and later)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place
from genjilib.db.nullability.terms import Verdict, never, perhaps

_JSON_TYPES: Final = frozenset((114, 3802))  # json, jsonb


class Constructor(IntEnum):
    """`type` of a JSONCONSTRUCTOREXPR."""

    OBJECT = 1
    ARRAY = 2
    OBJECT_AGGREGATE = 3
    ARRAY_AGGREGATE = 4


class Behaviour(IntEnum):
    """`btype` of ON EMPTY and ON ERROR."""

    NULL = 0
    ERROR = 1
    UNKNOWN = 5
    DEFAULT = 8


def judge_json_constructor(node: Node, place: Place) -> Verdict:
    """`json_object()`, `json_array()`, their aggregates, `json()`, `json_scalar()`, `json_serialize()`."""
    kind, judge = node.integer("type"), place.scope.prover.expression
    if kind in (Constructor.OBJECT, Constructor.ARRAY):
        return never("a JSON constructor is never null")
    if kind in (Constructor.OBJECT_AGGREGATE, Constructor.ARRAY_AGGREGATE):
        return judge(node.node("func"), place)
    for argument in node.nodes("args") or [None]:
        verdict = judge(argument, place)
        if verdict.nullable:
            return verdict
    return never("JSON made of a non-null value is never null")


def judge_json_expression(node: Node, place: Place) -> Verdict:
    """`json_exists()` and `json_query()`; `json_value()` turns a JSON null into NULL."""
    operation, judge = node.integer("op"), place.scope.prover.expression
    document = judge(node.node("formatted_expr"), place)
    if document.nullable:
        return document
    for argument in node.nodes("passing_values"):
        verdict = judge(argument, place)
        if verdict.nullable:
            return verdict
    if operation == 0:
        return _behaviour(node.node("on_error"), place) or never("json_exists() is never null here")
    returning = node.node("returning")
    if operation != 1 or returning is None or returning.integer("typid") not in _JSON_TYPES:
        return perhaps("a JSON null becomes null")
    doubt = _behaviour(node.node("on_empty"), place) or _behaviour(node.node("on_error"), place)
    return doubt or never("json_query() has another answer for nothing and for errors")


def _behaviour(clause: Node | None, place: Place) -> Verdict | None:
    """A doubt, if the clause may give null."""
    kind = clause.integer("btype") if clause else Behaviour.NULL
    if kind in (Behaviour.NULL, Behaviour.UNKNOWN):
        return perhaps("null on empty or on error")
    if kind == Behaviour.DEFAULT and clause is not None:
        verdict = place.scope.prover.expression(clause.node("expr"), place)
        return verdict if verdict.nullable else None
    return None
