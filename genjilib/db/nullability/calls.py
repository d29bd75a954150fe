"""Calls of functions and operators, and arrays of values to compare with."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability import builtins
from genjilib.db.nullability.facts import function_of
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import Link, Verdict, never, perhaps

_VOID: Final = 2278


def judge_call(node: Node, place: Place) -> Verdict:
    """A function or operator."""
    catalog = place.scope.catalog
    function = catalog.function(function_of(catalog, node))
    arguments = node.nodes("args")
    if function.returns_set:
        if _is_only_set(place.scope) and builtins.set_returning(function, arguments):
            return never(f"{function.name}() gives no null element")
        if _is_only_set(place.scope) and function.signature == "unnest(anyarray)":
            return judge_elements(arguments[0], place)
        return perhaps(f"{function.name}() returns a set that may hold or be padded with nulls")
    if not node.flag("funcvariadic"):
        special = builtins.special_arguments(function, arguments)
        if special is not None:
            return _call_by_rule(function.name, special, arguments, place)
    if builtins.never_null_on_values(function):
        return place.all_of(arguments, f"{function.name}() of non-null values is never null")
    return _by_body(node, function.name, place)


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


def _is_only_set(scope: Scope) -> bool:
    """Several set-returning functions in one target list are padded with nulls to the longest."""
    found = 0
    for entry in scope.query.nodes("targetList"):
        found += sum(part.flag("funcretset") or part.flag("opretset") for part in entry.walk())
    return found == 1


def judge_scalar_array(node: Node, place: Place) -> Verdict:
    """`x = any (array)` and `x in (1, 2)`."""
    catalog = place.scope.catalog
    left, right = node.nodes("args")
    if not builtins.never_null_on_values(catalog.function(function_of(catalog, node))):
        return perhaps("the operator may return null")
    verdict = place.judge(left)
    return verdict if verdict.nullable else judge_elements(right, place)


def judge_elements(node: Node, place: Place) -> Verdict:
    """Whether an array, or one of its elements, can be NULL."""
    argument = node.node("arg")
    if node.kind in ("RELABELTYPE", "ARRAYCOERCEEXPR") and argument is not None:
        return judge_elements(argument, place)
    if node.kind == "ARRAYEXPR" and not node.flag("multidims"):
        return place.all_of(node.nodes("elements"), "no element of the array is null")
    value = node.datum("constvalue")
    if (
        node.kind == "CONST" and len(value) >= 12 and value[8:12] == bytes(4)
    ):  # ArrayType without a null bitmap
        return never("no element of the array is null")
    select = node.node("subselect")
    if node.kind == "SUBLINK" and node.integer("subLinkType") == Link.ARRAY and select is not None:
        return place.scope.prover.output(place.linked(node, select), 1)
    return perhaps("an element of the array may be null")
