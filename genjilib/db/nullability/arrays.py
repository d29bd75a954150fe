"""Arrays: their elements, what stands at a subscript, and how many rows they and series give."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability import builtins
from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.facts import function_of
from genjilib.db.nullability.literals import array_size, begins_with_one, integer_value, is_array_without_null
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place
from genjilib.db.nullability.terms import Link, Verdict, never, perhaps

_DOUBT: Final = perhaps("an element of the array may be null")
_NOTHING_THERE: Final = perhaps("there may be nothing at that subscript")
_GATHERS: Final = "array_agg(anynonarray)"
_SPLITS: Final = ("regexp_split_to_array(text, text)", "regexp_split_to_array(text, text, text)")
# Functions whose array has no null among its elements.
_FULL: Final = frozenset(
    {
        *_SPLITS,
        *("string_to_array(text, text)", "enum_range(anyenum)", "enum_range(anyenum, anyenum)"),
        *("tsvector_to_array(tsvector)", "parse_ident(text, boolean)", "current_schemas(boolean)"),
    }
)
_SERIES: Final = (
    *("generate_series(integer, integer)", "generate_series(bigint, bigint)"),
    *("generate_series(integer, integer, integer)", "generate_series(bigint, bigint, bigint)"),
)
# Measures of an array that are null only if it has no element, or not that dimension.
_MEASURES: Final = frozenset(
    f"array_{name}(anyarray{rest})"
    for names, rest in (("length upper lower", ", integer"), ("ndims dims", ""))
    for name in names.split()
)


def judge_scalar_array(node: Node, place: Place) -> Verdict:
    """`x = any (array)` and `x in (1, 2)`."""
    catalog = place.scope.catalog
    left, right = node.nodes("args")
    if not builtins.never_null_on_values(catalog.function(function_of(catalog, node))):
        return perhaps("the operator may return null")
    for verdict in (place.judge(left), place.judge(right)):
        if verdict.nullable:
            return verdict
    return judge_elements(right, place)


def judge_elements(node: Node, place: Place) -> Verdict:
    """Whether an element of an array can be NULL; the array itself may be."""
    argument, select = node.node("arg"), node.node("subselect")
    if node.kind in ("RELABELTYPE", "ARRAYCOERCEEXPR") and argument is not None:
        return judge_elements(argument, place)
    if node.kind == "ARRAYEXPR" and not node.flag("multidims"):
        return place.all_of(node.nodes("elements"), "no element of the array is null")
    if is_array_without_null(node):
        return never("no element of the array is null")
    if node.kind == "SUBLINK" and node.integer("subLinkType") == Link.ARRAY and select is not None:
        return place.scope.prover.output(place.linked(node, select), 1)
    signature = _signature(place.scope.catalog, node)
    if signature == _GATHERS and not node.integer("agglevelsup"):
        return place.below().judge(node.nodes("args")[0].node("expr"))
    if signature == "array_remove(anycompatiblearray, anycompatible)":
        removed = node.nodes("args")[1]
        if removed.kind == "CONST" and removed.flag("constisnull"):
            return never("null is removed from the array")
    return never("such an array has no null element") if signature in _FULL else _DOUBT


def judge_subscript(node: Node, place: Place) -> Verdict:
    """`array[1]`, `array[1:2]`, and the array after such a part of it was assigned."""
    whole = node.node("refexpr")
    if node.node("refassgnexpr") is not None:
        return place.judge(whole)
    bounds = node.nodes("refupperindexpr")
    if whole is None or not place.scope.catalog.type(node.integer("refcontainertype")).element:
        return _NOTHING_THERE
    if node.items("reflowerindexpr"):
        bounds += node.nodes("reflowerindexpr")
        return place.all_of([whole, *bounds], "a slice of an array is never null")
    number = integer_value(bounds[0]) if len(bounds) == 1 else None
    return _judge_element(whole, number, place) if number is not None and number > 0 else _NOTHING_THERE


def _judge_element(array: Node, number: int, place: Place) -> Verdict:
    argument, size = array.node("arg"), array_size(array)
    if array.kind == "RELABELTYPE" and argument is not None:
        return _judge_element(argument, number, place)
    if array.kind == "ARRAYEXPR" and size is not None:
        return place.judge(array.nodes("elements")[number - 1]) if number <= size else _NOTHING_THERE
    there = size is not None and number <= size and begins_with_one(array)
    if there or (number == 1 and _is_filled(array, place)):
        return judge_elements(array, place)
    return _NOTHING_THERE


def _is_filled(array: Node, place: Place) -> bool:
    """Whether an array is there and has an element, the first by the number 1."""
    signature = _signature(place.scope.catalog, array)
    return signature in (_GATHERS, *_SPLITS) and not place.judge(array).nullable


def is_measurable(signature: str, arguments: list[Node], place: Place) -> bool:
    """Whether `array_length(array, 1)` and its like cannot be null."""
    if signature not in _MEASURES or (len(arguments) == 2 and integer_value(arguments[1]) != 1):
        return False
    return bool(array_size(arguments[0])) or _is_filled(arguments[0], place)


def set_size(catalog: Catalog, call: Node) -> int | None:
    """How many rows a call of `unnest()` or `generate_series()` gives, where the statement shows it."""
    signature, arguments = _signature(catalog, call), call.nodes("args")
    if signature == "unnest(anyarray)":
        return array_size(arguments[0])
    numbers = [integer_value(argument) for argument in arguments]
    if signature not in _SERIES or None in numbers:
        return None
    first, last, step = (*(number or 0 for number in numbers), 1)[:3]
    return max(0, (last - first) // step + 1) if step else None


def _signature(catalog: Catalog, node: Node) -> str:
    oid = node.integer("funcid") or node.integer("aggfnoid")
    return catalog.function(oid).signature if node.kind in ("FUNCEXPR", "AGGREF") else ""
