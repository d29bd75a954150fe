"""What follows from an expression's value: which other expressions must then be non-null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.literals import array_size, integer_value
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import (
    NO_FACTS,
    Command,
    Facts,
    Link,
    Rte,
    grouped_key,
    outward,
    present_key,
)

TRUE: Final = "T"
FALSE: Final = "F"
NULL: Final = "N"
Outcomes = frozenset[str]

IS_TRUE: Final[Outcomes] = frozenset((TRUE,))
IS_FALSE: Final[Outcomes] = frozenset((FALSE,))
NOT_NULL: Final[Outcomes] = frozenset((TRUE, FALSE))
NOT_TRUE: Final[Outcomes] = frozenset((FALSE, NULL))
NOT_FALSE: Final[Outcomes] = frozenset((TRUE, NULL))

# booltesttype: IS TRUE, IS NOT TRUE, IS FALSE, IS NOT FALSE, IS UNKNOWN, IS NOT UNKNOWN → when it holds
_BOOLEAN_TESTS: Final[tuple[Outcomes, ...]] = (
    IS_TRUE,
    NOT_TRUE,
    IS_FALSE,
    NOT_FALSE,
    frozenset((NULL,)),
    NOT_NULL,
)
_PASS_THROUGH: Final = frozenset(
    {
        *("RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COERCETODOMAIN"),
        *("COLLATEEXPR", "NAMEDARGEXPR", "CONVERTROWTYPEEXPR", "FIELDSELECT"),
    }
)
_STANDS_FOR: Final[dict[int, str]] = {Rte.JOIN: "joinaliasvars", Rte.GROUP: "groupexprs"}
_FLIPPED: Final = {TRUE: FALSE, FALSE: TRUE, NULL: NULL}


def conjuncts(node: Node | None) -> list[Node]:
    """The parts of a condition joined by AND."""
    if node is None:
        return []
    if node.kind == "BOOLEXPR" and node.word("boolop") == "and":
        return [part for argument in node.nodes("args") for part in conjuncts(argument)]
    return [node]


def when_true(scope: Scope, node: Node | None) -> Facts:
    """What a condition that lets a row pass proves."""
    if node is None:
        return NO_FACTS
    known = scope.conditions.get(id(node))
    if known is None:  # the node is kept, so that its id stays its own
        known = scope.conditions[id(node)] = (node, when(scope, node, IS_TRUE))
    return known[1]


def when(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    """What holds if a boolean expression has one of these outcomes."""
    rule = _RULES.get(node.kind)
    if rule is not None:
        return rule(scope, node, outcomes)
    return non_null(scope, node) if NULL not in outcomes else NO_FACTS


def when_passed(scope: Scope, check: Node, known: Facts) -> Facts:
    """What a check that let a row pass proves, where some columns are known: `a is null or b is not null`."""
    found = NO_FACTS
    for part in conjuncts(check):
        arms = part.nodes("args") if part.kind == "BOOLEXPR" and part.word("boolop") == "or" else []
        open_arms = [arm for arm in arms if not _denied(arm, known)]
        if len(open_arms) < len(arms):
            found |= _common([when(scope, arm, NOT_FALSE) for arm in open_arms])
    return found


def _denied(arm: Node, known: Facts) -> bool:
    """Whether `x is null`, alone or with other conditions, cannot hold."""
    return any(
        part.kind == "NULLTEST"
        and part.integer("nulltesttype") == 0
        and (part.node("arg") or part).key in known
        for part in conjuncts(arm)
    )


def _boolean(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    arguments, operation = node.nodes("args"), node.word("boolop")
    if operation == "not":
        return when(scope, arguments[0], frozenset(_FLIPPED[outcome] for outcome in outcomes))
    # In `a and b` TRUE needs every argument to be true and FALSE only one to be false; `or` is its mirror.
    strong, weak = (TRUE, FALSE) if operation == "and" else (FALSE, TRUE)
    if weak not in outcomes:
        keep = frozenset((strong, NULL)) if NULL in outcomes else frozenset((strong,))
        return _union([when(scope, argument, keep) for argument in arguments])
    if strong not in outcomes:
        keep = frozenset((weak, NULL)) if NULL in outcomes else frozenset((weak,))
        return _common([when(scope, argument, keep) for argument in arguments])
    if NULL in outcomes:
        return NO_FACTS
    all_strong = _union([when(scope, argument, frozenset((strong,))) for argument in arguments])
    return _common([all_strong, *(when(scope, argument, frozenset((weak,))) for argument in arguments)])


def _null_test(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    non_null_when = TRUE if node.integer("nulltesttype") == 1 else FALSE
    argument = node.node("arg")
    if argument is None or outcomes & NOT_NULL != frozenset((non_null_when,)):
        return NO_FACTS
    if (
        argument.kind == "ROWEXPR"
    ):  # `(a, b) is not null`: every field is; `not ((a, b) is null)`: some field is
        fields = [non_null(scope, part) for part in argument.nodes("args")]
        return _union(fields) if node.integer("nulltesttype") == 1 else _common(fields)
    return non_null(scope, argument)


def _boolean_test(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    holds = _BOOLEAN_TESTS[node.integer("booltesttype")]
    argument, known = node.node("arg"), outcomes & NOT_NULL
    if argument is None or len(known) != 1:
        return NO_FACTS
    everything = frozenset((TRUE, FALSE, NULL))
    return when(scope, argument, holds if known == IS_TRUE else everything - holds)


def _distinct(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    left, right = node.nodes("args")
    if TRUE in outcomes:
        return NO_FACTS
    found = NO_FACTS  # `x is not distinct from <something that is never null>`
    for one, other in ((left, right), (right, left)):
        if one.kind == "CONST" and not one.flag("constisnull"):
            found |= non_null(scope, other)
    return found


def _comparison(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    """An operator; of `grouping(x) = 0` it is known too that no grouping set left `x` out."""
    found = non_null(scope, node) if NULL not in outcomes else NO_FACTS
    arguments = node.nodes("args")
    if len(arguments) != 2 or arguments[0].kind != "GROUPINGFUNC" or len(outcomes) != 1:
        return found
    function = scope.catalog.function(function_of(scope.catalog, node))
    references, number = arguments[0].integers("refs"), integer_value(arguments[1])
    if arguments[0].integer("agglevelsup"):
        return found
    equal = {"int4eq": TRUE, "int4ne": FALSE}.get(function.name if function.signature else "") in outcomes
    other = {"int4eq": FALSE, "int4ne": TRUE}.get(function.name if function.signature else "") in outcomes
    if (equal and number == 0) or (other and number == 1 and len(references) == 1):
        entries = scope.query.nodes("targetList")  # there PostgreSQL 18 names columns of its own
        grouped = [entry.node("expr") for entry in entries if entry.integer("ressortgroupref") in references]
        found |= frozenset(grouped_key(node.key) for node in grouped if node is not None)
    return found


def _any_or_all(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    left, right = node.nodes("args")
    found = non_null(scope, right) if NULL not in outcomes else NO_FACTS
    # Without an element nothing is compared; only one outcome needs an element, the other comes without.
    decisive = TRUE if node.flag("useOr") else FALSE
    compared = outcomes == frozenset((decisive,)) or (NULL not in outcomes and array_size(right))
    if compared and _is_strict(scope.catalog, node):
        found |= non_null(scope, left)
    return found


def _sublink(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    kind, select = node.integer("subLinkType"), node.node("subselect")
    if select is None or kind not in (Link.EXISTS, Link.ANY, Link.ALL):
        return non_null(scope, node) if NULL not in outcomes else NO_FACTS
    found = NO_FACTS
    if kind != Link.ALL and outcomes == IS_TRUE:
        found |= when_a_row_exists(scope, select, node)
    decisive = FALSE if kind == Link.ALL else TRUE
    test = node.node("testexpr")
    if test is not None and outcomes == frozenset((decisive,)):
        found |= _union([non_null(scope, part) for part in conjuncts(test) if part.kind == "OPEXPR"])
    return found


def when_a_row_exists(scope: Scope, select: Node, link: Node) -> Facts:
    """What a row of a sub-select proves about the columns of the query around it."""
    if select.integer("commandType") != Command.SELECT or select.node("setOperations") is not None:
        return NO_FACTS
    inner = scope.subscope(select, ("link", id(link)))
    if inner.may_be_rowless():
        return NO_FACTS  # an aggregate gives a row whether or not the condition ever held
    return outward(inner.shape.facts)


def _coalesce(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    *first, last = node.nodes("args")
    if last.kind != "CONST" or last.flag("constisnull"):
        return non_null(scope, node) if NULL not in outcomes else NO_FACTS
    fallback = TRUE if any(last.datum("constvalue")) else FALSE
    if fallback in outcomes or len(first) != 1:
        return NO_FACTS
    return when(scope, first[0], outcomes - {NULL})


def _relabelled(scope: Scope, node: Node, outcomes: Outcomes) -> Facts:
    argument = node.node("arg")
    return when(scope, argument, outcomes) if argument is not None else NO_FACTS


_RULES: Final[dict[str, Callable[[Scope, Node, Outcomes], Facts]]] = {
    "BOOLEXPR": _boolean,
    "OPEXPR": _comparison,
    "NULLTEST": _null_test,
    "BOOLEANTEST": _boolean_test,
    "DISTINCTEXPR": _distinct,
    "SCALARARRAYOPEXPR": _any_or_all,
    "SUBLINK": _sublink,
    "COALESCEEXPR": _coalesce,
    "RELABELTYPE": _relabelled,
}


def non_null(scope: Scope, node: Node | None) -> Facts:
    """What holds if an expression is non-null: itself, and what it needs to be so."""
    if node is None:
        return NO_FACTS
    if node.kind == "VAR":
        return _column_non_null(scope, node)
    itself = NO_FACTS if is_volatile(scope.catalog, node) else frozenset((node.key,))
    return itself | _needed(scope, node)


def _needed(scope: Scope, node: Node) -> Facts:
    kind = node.kind
    if kind in ("OPEXPR", "FUNCEXPR"):
        return (
            _union([non_null(scope, a) for a in node.nodes("args")])
            if _is_strict(scope.catalog, node)
            else NO_FACTS
        )
    if kind in _PASS_THROUGH:
        return non_null(scope, node.node("arg"))
    if kind in ("COALESCEEXPR", "MINMAXEXPR"):
        return _common([non_null(scope, argument) for argument in node.nodes("args")])
    if kind == "NULLIFEXPR":
        return non_null(scope, node.nodes("args")[0])
    if kind == "SUBSCRIPTINGREF" and node.node("refassgnexpr") is None:
        return non_null(scope, node.node("refexpr"))
    if kind == "BOOLEXPR":
        return _boolean(scope, node, NOT_NULL)
    if kind == "CASEEXPR" and node.node("arg") is None:
        return _case_needs(scope, node)
    select = node.node("subselect")
    if kind == "SUBLINK" and node.integer("subLinkType") == Link.EXPRESSION and select is not None:
        return when_a_row_exists(scope, select, node)
    return NO_FACTS


def _case_needs(scope: Scope, node: Node) -> Facts:
    branches: list[Facts] = []
    for branch in node.nodes("args"):
        result = branch.node("result")
        if result is not None and not is_null_constant(result):
            branches.append(when_true(scope, branch.node("expr")) | non_null(scope, result))
    default = node.node("defresult")
    if default is not None and not is_null_constant(default):
        branches.append(non_null(scope, default))
    return _common(branches)


def _column_non_null(scope: Scope, node: Node) -> Facts:
    level, varno = node.integer("varlevelsup"), node.integer("varno")
    found = frozenset((node.key, present_key(level, varno)))
    owner = scope.up(level)
    if owner is None or level > 0 or not 0 < varno <= len(owner.table):
        return found
    entry, attno = owner.entry(varno), node.integer("varattno")
    sources = entry.nodes(_STANDS_FOR.get(entry.integer("rtekind"), ""))
    return found | non_null(scope, sources[attno - 1]) if 0 < attno <= len(sources) else found


def is_null_constant(node: Node) -> bool:
    """Whether an expression is the literal NULL."""
    return node.kind == "CONST" and node.flag("constisnull")


def is_volatile(catalog: Catalog, node: Node) -> bool:
    """Whether evaluating an expression twice in one row could give two values."""
    return any(_volatile_here(catalog, part) for part in node.walk())


def _volatile_here(catalog: Catalog, node: Node) -> bool:
    if node.kind in ("SUBLINK", "NEXTVALUEEXPR"):
        return True
    if node.kind == "PARAM":  # all but `$n` stand for columns of a sub-select, each time another
        return bool(node.integer("paramkind"))
    if node.kind not in ("FUNCEXPR", "OPEXPR", "SCALARARRAYOPEXPR", "DISTINCTEXPR", "NULLIFEXPR"):
        return False
    function = catalog.function(function_of(catalog, node))
    return function.volatile or function.returns_set


def function_of(catalog: Catalog, node: Node) -> int:
    """The oid of the function that an operator or function call runs."""
    return (
        node.integer("funcid") or node.integer("opfuncid") or catalog.operator(node.integer("opno")).function
    )


def _is_strict(catalog: Catalog, node: Node) -> bool:
    function = catalog.function(function_of(catalog, node))
    return function.strict and not function.returns_set


def _union(parts: list[Facts]) -> Facts:
    return NO_FACTS.union(*parts)


def _common(parts: list[Facts]) -> Facts:
    return parts[0].intersection(*parts[1:]) if parts else NO_FACTS
