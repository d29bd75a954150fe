"""Walks the join tree: which conditions hold for every row, which relations may be null-extended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from genjilib.db.nullability.facts import conjuncts, function_of, non_null, outward, when_true
from genjilib.db.nullability.matches import always_matches
from genjilib.db.nullability.nodes import Node, variable
from genjilib.db.nullability.scope import Extension, FullJoin, Scope, Shape
from genjilib.db.nullability.terms import NO_FACTS, Command, Facts, Join, present

_COMPARISON: Final = re.compile(r"int8[24]?(gt|ge|eq|ne)")
_NULL_OF_NOTHING: Final = frozenset(
    {
        *("max", "min", "sum", "avg", "array_agg", "string_agg"),
        *("json_agg", "jsonb_agg", "bool_and", "bool_or"),
    }
)
_SIDES: Final = {Join.LEFT: "the right side of a left join", Join.RIGHT: "the left side of a right join"}


@dataclass(slots=True)
class _Walk:
    scope: Scope
    extensions: dict[int, list[Extension]] = field(default_factory=dict[int, list[Extension]])
    full_joins: list[FullJoin] = field(default_factory=list[FullJoin])

    def extend(self, tree: Node, facts: Facts, why: str) -> None:
        members = relations(tree)
        extension = Extension(members, facts, why)
        for member in members:
            self.extensions.setdefault(member, []).append(extension)


def relations(tree: Node | None) -> frozenset[int]:
    """The range table indexes below a node of the join tree, joins included."""
    if tree is None:
        return frozenset()
    if tree.kind == "RANGETBLREF":
        return frozenset((tree.integer("rtindex"),))
    if tree.kind == "FROMEXPR":
        return frozenset(index for part in tree.nodes("fromlist") for index in relations(part))
    own = frozenset((tree.integer("rtindex"),)) - {0}
    return own | relations(tree.node("larg")) | relations(tree.node("rarg"))


def join_shape(scope: Scope, known: Facts) -> Shape:
    """Facts of every row that comes out of FROM and WHERE, and the outer joins left over.

    What one condition proves may turn an outer join elsewhere into an inner one, whose own condition then
    proves more: repeated until nothing changes.
    """
    tree = scope.query.node("jointree")
    while True:
        walk = _Walk(scope)
        found = known | (_walk(walk, tree, known) if tree is not None else NO_FACTS)
        if found == known:
            return Shape(found, extensions=walk.extensions, full_joins=walk.full_joins)
        known = found


def _walk(walk: _Walk, tree: Node, known: Facts) -> Facts:
    """Facts that hold for every row of this part of the tree, given those that hold above it."""
    if tree.kind == "RANGETBLREF":
        return _lateral_facts(walk.scope, tree.integer("rtindex"))
    own = when_true(walk.scope, tree.node("quals"))
    if tree.kind == "FROMEXPR":
        known |= own
        return own.union(*(_walk(walk, part, known) for part in tree.nodes("fromlist")))
    left, right = tree.node("larg"), tree.node("rarg")
    if left is None or right is None:
        return NO_FACTS
    kind = reduced(walk.scope, tree, known)
    if kind == Join.INNER:
        return own | _walk(walk, left, known | own) | _walk(walk, right, known | own)
    if kind == Join.FULL:
        walk.full_joins.append(FullJoin(left.integer("rtindex"), right.integer("rtindex")))
        for side in (left, right):
            walk.extend(side, _walk(walk, side, NO_FACTS), "a side of a full join")
        return NO_FACTS
    kept, filled = (left, right) if kind == Join.LEFT else (right, left)
    found = _walk(walk, kept, known)
    walk.extend(filled, own | _walk(walk, filled, known | own), _SIDES[kind])
    return found


def reduced(scope: Scope, tree: Node, known: Facts) -> Join:
    """The kind of a join once it is known which of its sides must be there."""
    left, right = tree.node("larg"), tree.node("rarg")
    kind = tree.integer("jointype")
    if kind not in (Join.INNER, Join.LEFT, Join.RIGHT, Join.FULL) or left is None or right is None:
        return Join.FULL  # no other kind is written by a person; a full join promises nothing
    fills_right, fills_left = kind in (Join.LEFT, Join.FULL), kind in (Join.RIGHT, Join.FULL)
    if fills_right and (present(known, relations(right)) or always_matches(scope, tree, left, right, known)):
        fills_right = False
    if fills_left and (present(known, relations(left)) or always_matches(scope, tree, right, left, known)):
        fills_left = False
    if fills_right:
        return Join.FULL if fills_left else Join.LEFT
    return Join.RIGHT if fills_left else Join.INNER


def _lateral_facts(scope: Scope, index: int) -> Facts:
    """What a row of a LATERAL sub-select proves about the columns it looks at."""
    entry = scope.entry(index)
    query = entry.node("subquery")
    if query is None or not entry.flag("lateral") or query.node("setOperations") is not None:
        return NO_FACTS
    inner = scope.subscope(query, ("entry", index))
    if inner.may_be_rowless():
        return NO_FACTS
    return outward(inner.shape.facts)


def shape(scope: Scope) -> Shape:
    """Everything about a query that its expressions are judged by."""
    query = scope.query
    unset, empty_group = unset_by_grouping_sets(query)
    local = when_true(scope, query.node("havingQual")) | _wanted_facts(scope)
    if not scope.grouped():
        joined = join_shape(scope, local)
        if scope.command == Command.MERGE and _returns_without_source(scope.query):
            return Shape(extensions=_source_missing(scope, joined.extensions))
        if scope.command == Command.UPDATE:
            return replace(joined, facts=_of_new_row(scope, joined.facts), old_facts=joined.facts)
        return joined
    # Without grouping sets, what holds for a group's columns holds for each of its rows.
    joined = join_shape(scope, NO_FACTS if query.items("groupingSets") else local)
    filled = _needs_rows(scope, query.node("havingQual"))
    return replace(joined, group_facts=local, unset_keys=unset, empty_group=empty_group, filled=filled)


def _needs_rows(scope: Scope, having: Node | None) -> bool:
    """Whether a condition of HAVING lets no group without rows through: `count(*) > 0`, `max(x) > 1`."""
    known = when_true(scope, having)
    for part in conjuncts(having):
        if any(node.key in known and _null_of_nothing(scope, node) for node in part.walk()) or _counts(
            scope, part
        ):
            return True
    return False


def _null_of_nothing(scope: Scope, node: Node) -> bool:
    """Whether an expression is an aggregate that gives null where there are no rows."""
    if node.kind != "AGGREF" or node.integer("agglevelsup"):
        return False
    function = scope.catalog.function(node.integer("aggfnoid"))
    return bool(function.signature) and function.name in _NULL_OF_NOTHING


def _counts(scope: Scope, node: Node) -> bool:
    """Whether a condition is `count(…) > 0`, or another number that is not that of nothing."""
    arguments = node.nodes("args")
    if node.kind != "OPEXPR" or len(arguments) != 2:
        return False
    function, (count, number) = scope.catalog.function(function_of(scope.catalog, node)), arguments
    if count.kind != "AGGREF" or count.integer("agglevelsup") or number.kind != "CONST":
        return False
    comparison = _COMPARISON.fullmatch(function.name) if function.signature else None
    counted = scope.catalog.function(count.integer("aggfnoid"))
    if comparison is None or not counted.signature or counted.name != "count":
        return False
    value = int.from_bytes(number.datum("constvalue"), "little", signed=True)
    return {"gt": value >= 0, "ge": value > 0, "eq": value > 0, "ne": value == 0}[comparison[1]]


def _returns_without_source(query: Node) -> bool:
    """An action `when not matched by source` returns a row that has no source."""
    return any(action.integer("matchKind") == 1 for action in query.nodes("mergeActionList"))


def _source_missing(scope: Scope, extensions: Mapping[int, list[Extension]]) -> Mapping[int, list[Extension]]:
    missing = Extension(frozenset(), NO_FACTS, "the side of a merge that may be missing")
    members = relations(scope.query.node("jointree"))
    return {member: [*extensions.get(member, ()), missing] for member in members}


def _wanted_facts(scope: Scope) -> Facts:
    if scope.command != Command.SELECT or scope.query.node("setOperations") is not None:
        return NO_FACTS
    found = NO_FACTS
    for number, entry in enumerate(scope.targets(), 1):
        if number in scope.wanted:
            found |= non_null(scope, entry.node("expr"))
    return found


def _of_new_row(scope: Scope, facts: Facts) -> Facts:
    """WHERE speaks of the old row of an UPDATE: drop what it says about columns that changed."""
    relation = scope.catalog.relation(scope.entry(scope.target).integer("relid"))
    changed = {entry.integer("resno") for entry in scope.query.nodes("targetList")} | {0}
    changed |= {number for number, column in relation.attributes.items() if column.stored or column.virtual}
    if relation.kind not in "rp" or relation.row_triggers or relation.rules:
        changed |= set(relation.attributes)
    gone = [variable(scope.target, number).key for number in changed]
    return frozenset(fact for fact in facts if not any(key in fact for key in gone))


def unset_by_grouping_sets(query: Node) -> tuple[frozenset[str], bool]:
    """The grouping expressions that some grouping set leaves out, and whether one of the sets is empty."""
    sets = _combined(query.nodes("groupingSets"))
    if sets is None:
        return frozenset(), False
    always = sets[0].intersection(*sets[1:])
    expressions = {
        entry.integer("ressortgroupref"): entry.node("expr")
        for entry in query.nodes("targetList")
        if entry.integer("ressortgroupref")
    }
    references = {clause.integer("tleSortGroupRef") for clause in query.nodes("groupClause")}
    left_out = (expressions.get(reference) for reference in references - always)
    return frozenset(node.key for node in left_out if node is not None), frozenset() in sets


def _combined(groups: list[Node]) -> list[frozenset[int]] | None:
    """Every set of references that `group by a, rollup (b, c)` groups by; None without grouping sets."""
    if not groups:
        return None
    sets: list[frozenset[int]] = [frozenset()]
    for group in groups:
        sets = [one | other for one in sets for other in _sets(group)]
    return sets


def _sets(group: Node) -> list[frozenset[int]]:
    kind, parts = group.integer("kind"), group.nodes("content")
    if kind == 1:  # simple: the references themselves
        return [frozenset(group.integers("content"))]
    contents = [frozenset(part.integers("content")) for part in parts]
    nothing: frozenset[int] = frozenset()
    if kind == 2:  # rollup
        return [nothing.union(*contents[:length]) for length in range(len(contents) + 1)]
    if kind == 3:  # cube: of its many sets only the smallest and the largest matter here
        return [nothing, nothing.union(*contents)]
    return [chosen for part in parts for chosen in _sets(part)] or [frozenset()]
