"""Rules that judge an expression from its parts; an expression without a rule may be NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from genjilib.db.nullability import builtins
from genjilib.db.nullability.aggregates import judge_aggregate, judge_window
from genjilib.db.nullability.arrays import judge_scalar_array, judge_subscript
from genjilib.db.nullability.calls import judge_call
from genjilib.db.nullability.columns import judge_column
from genjilib.db.nullability.facts import IS_FALSE, IS_TRUE, NOT_TRUE, function_of, non_null, when, when_true
from genjilib.db.nullability.json_nodes import judge_json_constructor, judge_json_expression
from genjilib.db.nullability.json_shapes import inside
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import Link, Verdict, never, perhaps

Rule = Callable[[Node, Place], Verdict]


def judge(node: Node | None, place: Place) -> Verdict:
    """Whether an expression can be NULL at a place."""
    if node is None:
        return perhaps("there is no value")
    if place.unset and node.key in place.unset:
        return (
            never("a condition requires it")
            if node.key in place.local
            else perhaps("a grouping set leaves it out")
        )
    if place.proves(node.key):
        return never("a condition requires it")
    rule = _RULES.get(node.kind)
    return rule(node, place) if rule else perhaps(f"nothing is known about {node.kind.lower()}")


def _constant(node: Node, place: Place) -> Verdict:
    del place
    return perhaps("it is the literal null") if node.flag("constisnull") else never("it is a literal")


def _parameter(node: Node, place: Place) -> Verdict:
    scope, number, kind = place.scope, node.integer("paramid"), node.integer("paramkind")
    if kind == 3:  # `set (a, b) = (select …)`: the column of a sub-select that stands in the target list
        return _multiple(scope, number, place)
    if kind != 0:  # a column of a sub-select, whose columns were judged before the comparison
        return never("the sub-select gives no null")
    arguments = scope.root().arguments
    if arguments is not None:
        return arguments.get(number, perhaps("it is an argument"))
    if number in scope.prover.nullable_parameters:
        return perhaps(f"${number} may be null")
    return never(f"${number} is given")


def _multiple(scope: Scope, number: int, place: Place) -> Verdict:
    link_id, column = number >> 16, number & 0xFFFF
    for entry in scope.query.nodes("targetList"):
        link = entry.node("expr")
        if link is not None and link.kind == "SUBLINK" and link.integer("subLinkId") == link_id:
            return _scalar(link, place, column)
    return perhaps("it is the value of a sub-select")


def _same_as_argument(node: Node, place: Place) -> Verdict:
    return place.judge(node.node("arg"))


def _domain(node: Node, place: Place) -> Verdict:
    domain = place.scope.catalog.type(node.integer("resulttype"))
    if domain.not_null_domain:
        return never(f"domain {domain.name} is not null")
    return place.judge(node.node("arg"))


def _connective(node: Node, place: Place) -> Verdict:
    return place.all_of(node.nodes("args"), "the condition is never unknown")


def _any_argument(node: Node, place: Place) -> Verdict:
    """`coalesce()`, `greatest()` and `least()`: an argument of each side of a full join is enough."""
    arguments, doubt = node.nodes("args"), "every argument may be null"
    verdict = place.any_of(arguments, doubt)
    if verdict.nullable and any(
        all(not there.any_of(arguments, doubt).nullable for there in sides) for sides in place.either()
    ):
        return never("one side of the full join always has it")
    return verdict


def _case(node: Node, place: Place) -> Verdict:
    tested, scope = node.node("arg"), place.scope
    for branch in node.nodes("args"):
        condition, result = branch.node("expr"), branch.node("result")
        known = when_true(scope, condition) if tested is None else _when_equal(scope, condition, tested)
        verdict = place.knowing(known).judge(result)
        if verdict.nullable:
            return verdict
        if tested is None and condition is not None:
            place = place.knowing(
                when(scope, condition, NOT_TRUE if place.judge(condition).nullable else IS_FALSE)
            )
    default = node.node("defresult")
    if default is None:
        return perhaps("case without else")
    verdict = place.judge(default)
    return verdict if verdict.nullable else never("no branch of case is null")


def _when_equal(scope: Scope, condition: Node | None, tested: Node) -> frozenset[str]:
    """What holds if `case tested when …` takes a branch, whose condition has a stand-in for `tested`."""
    if condition is None or condition.kind != "OPEXPR":
        return frozenset()
    arguments = condition.nodes("args")
    strict = scope.catalog.function(function_of(scope.catalog, condition)).strict
    known = non_null(scope, tested) if strict else frozenset[str]()
    if [argument.kind for argument in arguments] == ["CASETESTEXPR", "CONST"]:
        written = Node("OPEXPR", {**condition.fields, "args": [tested, arguments[1]]})
        known |= when(scope, written, IS_TRUE)
    return known


def _row_compare(node: Node, place: Place) -> Verdict:
    catalog = place.scope.catalog
    operators = (catalog.operator(oid) for oid in node.integers("opnos"))
    if all(builtins.never_null_on_values(catalog.function(operator.function)) for operator in operators):
        return place.all_of(node.nodes("largs") + node.nodes("rargs"), "no compared value is null")
    return perhaps("the operator may return null")


def _sublink(node: Node, place: Place) -> Verdict:
    kind, select = node.integer("subLinkType"), node.node("subselect")
    if kind == Link.EXISTS:
        return never("exists is never null")
    if kind == Link.ARRAY:
        return never("array(…) is never null")
    if kind == Link.EXPRESSION:
        return _scalar(node, place, 1)
    if select is None or kind not in (Link.ANY, Link.ALL, Link.ROW_COMPARE):
        return perhaps("a sub-select may find no row")
    return _compared(node, select, place)


def _scalar(node: Node, place: Place, column: int) -> Verdict:
    select = node.node("subselect")
    if select is None:
        return perhaps("a sub-select may find no row")
    inner = place.linked(node, select)
    if not place.scope.prover.bounds(inner).least:
        return perhaps("a sub-select may find no row")
    return place.scope.prover.output(inner, column)


def _compared(node: Node, select: Node, place: Place) -> Verdict:
    """`x in (select …)`, `x > all (select …)`, `(a, b) < (select …)`."""
    inner, prover = place.linked(node, select), place.scope.prover
    if node.integer("subLinkType") == Link.ROW_COMPARE and not prover.bounds(inner).least:
        return perhaps("a sub-select may find no row")
    for number in range(1, len(inner.targets()) + 1):
        verdict = prover.output(inner, number)
        if verdict.nullable:
            return verdict
    return place.judge(node.node("testexpr"))


def _field(node: Node, place: Place) -> Verdict:
    """`(t).x` of a whole row is `t.x`."""
    whole, number = node.node("arg"), node.integer("fieldnum")
    if whole is not None and whole.kind == "VAR" and not whole.integer("varattno"):
        return place.judge(Node("VAR", {**whole.fields, "varattno": str(number)}))
    if whole is not None and whole.kind == "VAR" and not place.judge(whole).nullable:
        return _field_inside(whole, number, place)
    if whole is not None and whole.kind == "ROWEXPR" and 0 < number <= len(whole.nodes("args")):
        return place.judge(whole.nodes("args")[number - 1])
    return perhaps("a field of a composite value may be null")


def _field_inside(column: Node, number: int, place: Place) -> Verdict:
    """`(x.t).y`, where a sub-select `x` gives the whole row `t`, is what `t.y` is there."""
    scope, found = place.scope.up(column.integer("varlevelsup")), None
    inner = inside(scope, column.integer("varno")) if scope is not None else None
    targets = inner.targets() if inner is not None and inner.query.node("setOperations") is None else []
    if inner is not None and 0 < column.integer("varattno") <= len(targets):
        found = targets[column.integer("varattno") - 1].node("expr")
    if inner is None or found is None or found.kind != "VAR" or found.integer("varattno"):
        return perhaps("a field of a composite value may be null")
    return inner.place().judge(Node("VAR", {**found.fields, "varattno": str(number)}))


def _session_value(node: Node, place: Place) -> Verdict:
    del place
    return (
        perhaps("current_schema may be null")
        if node.integer("op") == 14
        else never("the session always has it")
    )


def _xml(node: Node, place: Place) -> Verdict:
    if node.integer("op") == 1:
        return never("xmlelement() is never null")
    return place.all_of(node.nodes("args") or [None], "no part of the xml is null")


def _always(why: str) -> Rule:
    verdict = never(why)
    return lambda _node, _place: verdict


_RULES: Final[dict[str, Rule]] = {
    "VAR": judge_column,
    "CONST": _constant,
    "PARAM": _parameter,
    "RELABELTYPE": _same_as_argument,
    "COERCEVIAIO": _same_as_argument,
    "ARRAYCOERCEEXPR": _same_as_argument,
    "COLLATEEXPR": _same_as_argument,
    "NAMEDARGEXPR": _same_as_argument,
    "CONVERTROWTYPEEXPR": _same_as_argument,
    "COERCETODOMAIN": _domain,
    "OPEXPR": judge_call,
    "FUNCEXPR": judge_call,
    "SCALARARRAYOPEXPR": judge_scalar_array,
    "BOOLEXPR": _connective,
    "COALESCEEXPR": _any_argument,
    "MINMAXEXPR": _any_argument,
    "CASEEXPR": _case,
    "ROWCOMPAREEXPR": _row_compare,
    "SUBLINK": _sublink,
    "FIELDSELECT": _field,
    "SUBSCRIPTINGREF": judge_subscript,
    "SQLVALUEFUNCTION": _session_value,
    "XMLEXPR": _xml,
    "AGGREF": judge_aggregate,
    "WINDOWFUNC": judge_window,
    "JSONCONSTRUCTOREXPR": judge_json_constructor,
    "JSONEXPR": judge_json_expression,
    "JSONVALUEEXPR": lambda node, place: place.judge(node.node("formatted_expr")),
    "JSONISPREDICATE": lambda node, place: place.judge(node.node("expr")),
    "XMLSERIALIZE": _same_as_argument,
    "NULLTEST": _always("a test for null is never null"),
    "BOOLEANTEST": _always("a test of a boolean is never null"),
    "DISTINCTEXPR": _always("is distinct from is never null"),
    "ROWEXPR": _always("a row is not null even if its fields are"),
    "ARRAYEXPR": _always("an array is not null even if its elements are"),
    "FIELDSTORE": _always("a row is not null even if its fields are"),
    "NEXTVALUEEXPR": _always("nextval() is never null"),
    "GROUPINGFUNC": _always("grouping() is never null"),
    "CURRENTOFEXPR": _always("where current of is never null"),
    "MERGESUPPORTFUNC": _always("merge_action() is never null"),
}
