"""Columns of functions in FROM, of XMLTABLE and of JSON_TABLE."""

from __future__ import annotations

from genjilib.db.nullability import builtins
from genjilib.db.nullability.calls import is_longest, judge_arguments
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import NO_FACTS, Verdict, never, perhaps


def judge_function_column(scope: Scope, index: int, attno: int) -> Verdict:
    """A column of functions in FROM."""
    entry = scope.entry(index)
    functions = entry.nodes("functions")
    columns = sum(function.integer("funccolcount") for function in functions)
    if entry.flag("funcordinality") and attno == columns + 1:
        return never("ordinality is never null")
    if attno == 0:
        return perhaps("a row of several functions may be null")
    if len(functions) != 1:
        return _of_several(scope, functions, attno)
    call = functions[0].node("funcexpr")
    if call is None or call.kind != "FUNCEXPR":
        return scope.prover.expression(call, Place(scope, NO_FACTS))
    return _called(scope, call, columns, attno)


def _of_several(scope: Scope, functions: list[Node], attno: int) -> Verdict:
    """`unnest(a, b)` and `rows from (…)`: the shorter are padded with nulls."""
    calls = [function.node("funcexpr") for function in functions]
    sets = [call for call in calls if call is not None]
    call = calls[attno - 1] if attno <= len(calls) else None
    single = all(function.integer("funccolcount") == 1 for function in functions)
    if call is None or not single or not is_longest(scope.catalog, call, sets):
        return perhaps("a set of several functions is padded with nulls")
    return _called(scope, call, 1, 1)


def _called(scope: Scope, call: Node, columns: int, attno: int) -> Verdict:
    function, arguments = scope.catalog.function(call.integer("funcid")), call.nodes("args")
    place = scope.place()
    if attno in builtins.set_columns(function, arguments):
        return never(f"{function.name}() gives no null there")
    if function.returns_set and function.signature == "unnest(anyarray)":
        return scope.prover.elements(arguments[0], place)
    if function.body is not None:
        return _body(scope, call, columns, attno)
    if function.returns_set or columns != 1 or scope.catalog.type(function.result_type).kind in ("c", "p"):
        return perhaps(f"{function.name}() may give nulls")
    return scope.prover.expression(call, place)


def _body(scope: Scope, call: Node, columns: int, attno: int) -> Verdict:
    """A SQL function in FROM: its columns are those of its last query."""
    oid, calls, place = call.integer("funcid"), scope.root().calls, scope.place()
    function = scope.catalog.function(oid)
    if function.body is None or oid in calls or scope.catalog.type(function.result_type).has_dropped_columns:
        return perhaps(f"{function.name}() is not known never to return null")
    if not function.returns_set:
        single = columns == 1 and scope.catalog.type(function.result_type).kind not in ("c", "p")
        return (
            scope.prover.expression(call, place) if single else perhaps(f"{function.name}() may find no row")
        )
    arguments = judge_arguments(call, place)
    if function.strict:  # a strict function gives no rows when an argument is null
        arguments = {number: never("the function is strict") for number in arguments}
    inner = Scope(scope.prover, function.body, None, arguments=arguments, calls=calls | {oid})
    if len(inner.targets()) != columns:
        return perhaps(f"{function.name}() returns a composite value")
    verdict = scope.prover.output(inner, attno)
    return (
        perhaps(verdict.why)
        if verdict.nullable
        else never(f"the body of {function.name}() gives no null there")
    )


def judge_table_function(scope: Scope, index: int, attno: int) -> Verdict:
    """XMLTABLE and JSON_TABLE."""
    table = scope.entry(index).node("tablefunc")
    if table is None or attno == 0:
        return perhaps("a row of a table function may be null")
    if table.integer("ordinalitycol") == attno - 1 and "ordinalitycol" in table.fields:
        return never("ordinality is never null")
    if attno - 1 in table.integers("notnulls"):
        return never("the column is declared not null")
    plan, expressions = table.node("plan"), table.items("colvalexprs")
    outermost = plan is not None and plan.kind == "JSONTABLEPATHSCAN" and attno <= len(expressions)
    if plan is None or not outermost or not plan.integer("colMin") <= attno - 1 <= plan.integer("colMax"):
        return perhaps("a nested path may find nothing")
    value = expressions[attno - 1]
    if value is None:
        return never("ordinality is never null")
    error = value.node("on_error") if isinstance(value, Node) else None
    if isinstance(value, Node) and value.integer("op") == 0 and error and error.integer("btype") in (1, 3, 4):
        return never("exists is never null")
    return perhaps("a path may find nothing or a JSON null")
