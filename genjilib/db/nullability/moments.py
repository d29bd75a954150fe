"""Functions that give null for what is infinite: parts and texts of dates, timestamps and intervals."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability.catalog import Function
from genjilib.db.nullability.facts import function_of
from genjilib.db.nullability.literals import is_finite
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import Rte

_DATED: Final = ("date", "timestamp with time zone", "timestamp without time zone")
_MOMENTS: Final = frozenset((*_DATED, "interval"))

# Fields of which an infinite moment has an infinite one; of the others it has none.
_GROWING: Final = frozenset(("year", "epoch", "century", "decade", "millennium", "julian", "isoyear"))
_GROWING_OF_INTERVAL: Final = _GROWING - {"julian", "isoyear"} | {"hour", "day"}
_PARTS: Final = frozenset(("extract", "date_part"))
_TEXTS: Final = frozenset(f"to_char({kind}, text)" for kind in (*_DATED[1:], "interval"))
_TIMES: Final = frozenset((*(f"time({kind})" for kind in _DATED[1:]), "timetz(timestamp with time zone)"))

# What gives a finite moment whatever it is given, and what does so for finite moments; both or an error.
_NOW: Final = frozenset(
    (
        *("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"),
        *("make_date", "make_timestamp", "make_timestamptz", "make_interval"),
        *("to_date", "to_timestamp(text", "pg_postmaster_start_time"),
    )
)
_KEEPING: Final = frozenset(
    (
        *("date", "timestamp", "timestamptz", "timezone", "age", "interval", "generate_series"),
        *("date_trunc", "date_bin", "date_add", "date_subtract"),
        *("date_pli", "date_mii", "date_pl_interval", "date_mi_interval", "datetime_pl", "timedate_pl"),
        *("integer_pl_date", "interval_pl_date", "interval_pl_timestamp", "interval_pl_timestamptz"),
        *("timestamp_pl_interval", "timestamp_mi_interval", "timestamp_mi"),
        *("timestamptz_pl_interval", "timestamptz_mi_interval", "timestamptz_mi"),
        *("interval_pl", "interval_mi", "interval_um"),
        *("justify_days", "justify_hours", "justify_interval"),
    )
)


def only_of_the_finite(scope: Scope, function: Function, arguments: list[Node]) -> bool:
    """Whether a function that gives null for an infinite moment cannot be given one here."""
    if function.name in _PARTS and len(arguments) == 2:
        kind = function.signature.partition(", ")[2].removesuffix(")")
        field = arguments[0].datum("constvalue")[4:].decode(errors="replace").lower()  # past its length
        growing = _GROWING if kind in _DATED else _GROWING_OF_INTERVAL if kind == "interval" else ()
        return field in growing or (kind in _MOMENTS and _finite(scope, arguments[1]))
    if function.signature in _TEXTS:
        return has_text(arguments[1]) and _finite(scope, arguments[0])
    return function.signature in _TIMES and _finite(scope, arguments[0])


def has_text(node: Node) -> bool:
    """Whether an expression is a text constant that is not empty."""
    return node.kind == "CONST" and len(node.datum("constvalue")) > 4  # the length comes first


def _finite(scope: Scope, node: Node) -> bool:
    argument = node.node("arg")
    if node.kind == "RELABELTYPE" and argument is not None:
        return _finite(scope, argument)
    if node.kind in ("FUNCEXPR", "OPEXPR"):
        function = scope.catalog.function(function_of(scope.catalog, node))
        return bool(function.signature) and _gives_finite(scope, function, node.nodes("args"))
    if node.kind == "VAR":
        return _of_series(scope, node)
    return node.kind == "SQLVALUEFUNCTION" or is_finite(node)


def _gives_finite(scope: Scope, function: Function, arguments: list[Node]) -> bool:
    start = function.signature.partition(",")[0]
    if function.name in _NOW or start in _NOW:
        return True
    if function.name not in _KEEPING:
        return False
    kinds = function.signature.partition("(")[2].removesuffix(")").split(", ")
    moments = [node for kind, node in zip(kinds, arguments, strict=False) if kind in _MOMENTS]
    return bool(moments) and all(_finite(scope, moment) for moment in moments)


def _of_series(scope: Scope, node: Node) -> bool:
    """A column of `generate_series()` between finite moments."""
    owner, varno = scope.up(node.integer("varlevelsup")), node.integer("varno")
    if owner is None or not 0 < varno <= len(owner.table) or node.integer("varattno") != 1:
        return False
    entry = owner.entry(varno)
    calls = entry.nodes("functions") if entry.integer("rtekind") == Rte.FUNCTION else []
    call = calls[0].node("funcexpr") if len(calls) == 1 else None
    return call is not None and call.kind == "FUNCEXPR" and _finite(owner, call)
