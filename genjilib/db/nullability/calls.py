"""Calls of functions and operators."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability import builtins
from genjilib.db.nullability.arrays import is_measurable, judge_elements, set_size
from genjilib.db.nullability.catalog import Catalog, Function
from genjilib.db.nullability.facts import function_of
from genjilib.db.nullability.moments import has_text, only_of_the_finite
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import Verdict, never, perhaps

_VOID: Final = 2278


def judge_call(node: Node, place: Place) -> Verdict:
    """A function or operator."""
    catalog = place.scope.catalog
    function = catalog.function(function_of(catalog, node))
    arguments = node.nodes("args")
    if function.returns_set:
        if _is_longest(node, place.scope) and builtins.set_returning(function, arguments):
            return never(f"{function.name}() gives no null element")
        if _is_longest(node, place.scope) and function.signature == "unnest(anyarray)":
            return judge_elements(arguments[0], place)
        return perhaps(f"{function.name}() returns a set that may hold or be padded with nulls")
    if not node.flag("funcvariadic"):
        special = builtins.special_arguments(function)
        if special is not None:
            return _call_by_rule(function.name, special, arguments, place)
    if builtins.never_null_on_values(function) or _never_null_here(function, arguments, place):
        return place.all_of(arguments, f"{function.name}() of non-null values is never null")
    return _by_body(node, function.name, place)


def _never_null_here(function: Function, arguments: list[Node], place: Place) -> bool:
    """Whether a function that may give null for some values does not for such as these."""
    if not function.signature:
        return False
    if function.name == "to_number":
        return has_text(arguments[1])
    if function.name in ("jsonb_path_exists", "jsonb_path_exists_tz"):  # null is for silenced errors
        silent = arguments[3:]
        return not silent or (silent[0].kind == "CONST" and not any(silent[0].datum("constvalue")))
    return is_measurable(function.signature, arguments, place) or only_of_the_finite(
        place.scope, function, arguments
    )


def _call_by_rule(name: str, rule: builtins.Needs, arguments: list[Node], place: Place) -> Verdict:
    needed = [arguments[index] for index in rule.arguments if index < len(arguments)]
    if rule.any_of:
        return place.any_of(needed, f"every argument of {name}() may be null")
    return place.all_of(needed, f"{name}() never returns null" + (" here" if needed else ""))


def _by_body(node: Node, name: str, place: Place) -> Verdict:
    """A SQL function with a parsed body is as good as its last query."""
    scope = place.scope
    function = scope.catalog.function(function_of(scope.catalog, node))
    body = function.body
    if body is None:
        return perhaps(f"{name}() is not known never to return null")
    oid, calls = function_of(scope.catalog, node), scope.root().calls
    if oid in calls:
        return perhaps(f"{name}() calls itself")
    if function.result_type == _VOID:
        return perhaps(f"{name}() gives nothing")
    arguments = judge_arguments(node, place)
    if function.strict and any(verdict.nullable for verdict in arguments.values()):
        return perhaps(f"an argument of strict {name}() may be null")
    inner = Scope(scope.prover, body, None, arguments=arguments, calls=calls | {oid})
    if not scope.prover.bounds(inner).least:
        return perhaps(f"{name}() may find no row")
    verdict = scope.prover.output(inner, 1)
    return perhaps(verdict.why) if verdict.nullable else never(f"the body of {name}() never gives null")


def judge_arguments(call: Node, place: Place) -> dict[int, Verdict]:
    """The arguments of a call by the number of the parameter, however they are named."""
    found: dict[int, Verdict] = {}
    for number, argument in enumerate(call.nodes("args"), 1):
        named = argument.kind == "NAMEDARGEXPR"
        found[argument.integer("argnumber") + 1 if named else number] = place.judge(argument)
    return found


def _is_longest(call: Node, scope: Scope) -> bool:
    """Several set-returning functions in one target list are padded with nulls to the longest."""
    parts = [part for entry in scope.query.nodes("targetList") for part in entry.walk()]
    sets = [part for part in parts if part.flag("funcretset") or part.flag("opretset")]
    if len(sets) == 1:
        return True
    if any(inner in sets for outer in sets for argument in outer.nodes("args") for inner in argument.walk()):
        return False
    return is_longest(scope.catalog, call, sets)


def is_longest(catalog: Catalog, call: Node, sets: list[Node]) -> bool:
    """Whether none of several set-returning calls gives more rows than this one."""
    sizes = [set_size(catalog, each) for each in sets]
    known = [size for size in sizes if size is not None]
    return len(known) == len(sizes) and set_size(catalog, call) == max(known)
