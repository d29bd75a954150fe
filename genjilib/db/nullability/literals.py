"""Values that a statement spells out: numbers, arrays and moments, read from PostgreSQL's own bytes."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability.nodes import Node

_INTEGERS: Final = {20: 8, 21: 2, 23: 4}  # int8, int2, int4 → bytes
_ARRAY_HEADER: Final = (
    16  # length, number of dimensions, where the elements begin (0: there is no null), type
)
_DATE: Final = 1082
_TIMESTAMPS: Final = (1114, 1184)
_INTERVAL: Final = 1186


def integer_value(node: Node) -> int | None:
    """An integer that stands in the statement, perhaps as another kind of integer."""
    if node.kind == "CONST" and not node.flag("constisnull"):
        size = _INTEGERS.get(node.integer("consttype"))
        return _signed(node.datum("constvalue")[:size]) if size else None
    arguments = node.nodes("args")
    casts = node.kind == "FUNCEXPR" and len(arguments) == 1 and node.integer("funcresulttype") in _INTEGERS
    return integer_value(arguments[0]) if casts and node.integer("funcformat") else None


def array_size(node: Node) -> int | None:
    """How many elements an array has that stands in the statement; nothing for one of several dimensions."""
    argument = node.node("arg")
    if node.kind in ("RELABELTYPE", "ARRAYCOERCEEXPR") and argument is not None:
        return array_size(argument)
    if node.kind == "ARRAYEXPR":
        return None if node.flag("multidims") else len(node.nodes("elements"))
    value = node.datum("constvalue")
    if node.kind != "CONST" or len(value) < _ARRAY_HEADER:
        return None
    dimensions = _signed(value[4:8])
    if dimensions > 1:
        return None
    return _signed(value[_ARRAY_HEADER : _ARRAY_HEADER + 4]) if dimensions else 0


def begins_with_one(node: Node) -> bool:
    """Whether the first subscript of an array constant is 1, as it is unless it says otherwise."""
    return _signed(node.datum("constvalue")[_ARRAY_HEADER + 4 : _ARRAY_HEADER + 8]) == 1


def is_array_without_null(node: Node) -> bool:
    """Whether an array constant has no null among its elements."""
    value = node.datum("constvalue")
    return node.kind == "CONST" and len(value) >= _ARRAY_HEADER and value[8:12] == bytes(4)


def is_finite(node: Node) -> bool:
    """Whether a constant is a date, timestamp or interval, and not an infinite one."""
    value, kind = node.datum("constvalue"), node.integer("consttype")
    if kind == _DATE:
        return not _is_extreme(value[:4])
    if kind in _TIMESTAMPS:
        return not _is_extreme(value[:8])
    return kind == _INTERVAL and not all(map(_is_extreme, (value[:8], value[8:12], value[12:16])))


def _is_extreme(value: bytes) -> bool:
    most = (1 << (8 * len(value) - 1)) - 1
    return _signed(value) in (most, -most - 1)


def _signed(value: bytes) -> int:
    return int.from_bytes(value, "little", signed=True)
