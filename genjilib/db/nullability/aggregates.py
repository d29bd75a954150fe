"""Aggregates and window functions: null comes from an empty group, an empty frame or a null argument."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability import builtins
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import Verdict, never, perhaps

# frameOptions: where the frame starts and ends, and what is left out of it
_STARTS_BY_CURRENT: Final = 0x20 | 0x200 | 0x800  # unbounded preceding, current row, offset preceding
_ENDS_BY_CURRENT: Final = 0x100 | 0x400 | 0x4000  # unbounded following, current row, offset following
_EXCLUDES_CURRENT: Final = 0x8000 | 0x10000  # exclude current row, exclude group


def judge_aggregate(node: Node, place: Place) -> Verdict:
    """Whether an aggregate can be NULL."""
    function = place.scope.catalog.function(node.integer("aggfnoid"))
    name = function.name
    rule = builtins.aggregate(function)
    if rule is None:
        return perhaps(f"{name}() is not known never to return null")
    if rule == builtins.Aggregate.ALWAYS:
        return never(f"{name}() never returns null")
    if node.integer("agglevelsup"):
        return perhaps(f"{name}() belongs to the query around it")
    if node.node("aggfilter") is not None:
        return perhaps(f"the filter of {name}() may leave nothing")
    if not _group_is_filled(place.scope):
        return perhaps(f"{name}() of no rows is null")
    if rule == builtins.Aggregate.ANY_ROW:
        return never(f"{name}() of at least one row is never null")
    return _values(node.nodes("args"), node, name, place)


def _values(entries: list[Node], node: Node, name: str, place: Place) -> Verdict:
    """The first argument decides; of `string_agg` the separator does not matter. All, where there are two."""
    arguments = [entry.node("expr") for entry in entries] + list(node.nodes("aggdirectargs"))
    if name == "string_agg":
        arguments = arguments[:1]
    return place.below().all_of(arguments, f"{name}() of non-null values is never null")


def _group_is_filled(scope: Scope) -> bool:
    """Whether a group has at least one row."""
    return not scope.may_be_rowless() or bool(scope.prover.input_bounds(scope).least)


def judge_window(node: Node, place: Place) -> Verdict:
    """Whether a window function can be NULL."""
    # Frames reach other rows, of which neither a reader's wish nor a branch of CASE says anything.
    scope, here = place.scope.without_wishes(), place
    place = scope.place()
    function = scope.catalog.function(node.integer("winfnoid"))
    name, arguments = function.name, node.nodes("args")
    rule = builtins.window(function)
    if rule == builtins.Window.ALWAYS:
        return never(f"{name}() never returns null")
    if rule == builtins.Window.ARGUMENTS:
        return _arguments(arguments, name, place)
    if rule == builtins.Window.NEIGHBOUR:
        if len(arguments) < 3:
            return perhaps(f"{name}() has no default for the edge of its partition")
        return _arguments(arguments, name, place)
    if rule is None or node.node("aggfilter") is not None:
        return perhaps(f"{name}() may return null")
    if not _frame_has_current_row(scope, node.integer("winref")):
        return perhaps(f"the frame of {name}() may be empty")
    if rule == builtins.Window.ANY_ROW:
        return never(f"{name}() of a frame with a row is never null")
    # An aggregate passes over nulls: its value for the row at hand is enough.
    enough = here if rule == builtins.Window.CURRENT_ROW else place
    return _arguments(arguments[:1] if name == "string_agg" else arguments, name, enough)


def _arguments(arguments: list[Node], name: str, place: Place) -> Verdict:
    return place.all_of(arguments, f"{name}() of non-null values is never null")


def _frame_has_current_row(scope: Scope, reference: int) -> bool:
    for clause in scope.query.nodes("windowClause"):
        if clause.integer("winref") == reference:
            frame = clause.integer("frameOptions")
            return bool(
                frame & _STARTS_BY_CURRENT and frame & _ENDS_BY_CURRENT and not frame & _EXCLUDES_CURRENT
            )
    return False
