"""How many rows a query gives: never none, at most one, or any number."""

from __future__ import annotations

from typing import Final

from genjilib.db.nullability.arrays import set_size
from genjilib.db.nullability.columns import cte
from genjilib.db.nullability.facts import conjuncts
from genjilib.db.nullability.keys import at_most_one
from genjilib.db.nullability.matches import always_finds, is_true
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import Bounds, Command, Join, Rte

MANY: Final = Bounds(0, None)
ONE: Final = Bounds(1, 1)
_WITH_TIES: Final = 1
_DO_NOTHING: Final = 1
_UNION: Final = 1


def query_bounds(scope: Scope) -> Bounds:
    """Rows that a query returns."""
    if scope.bounds is None:
        scope.bounds = _query_bounds(scope)
    return scope.bounds


def _query_bounds(scope: Scope) -> Bounds:
    if scope.command == Command.SELECT:
        return _select(scope)
    if scope.command in (Command.UPDATE, Command.DELETE):
        return Bounds(0, _trusted(scope, input_bounds(scope)).most)
    if scope.command == Command.INSERT:
        return _insert(scope)
    return Bounds(0, _trusted(scope, _merge(scope)).most)


def _trusted(scope: Scope, bounds: Bounds) -> Bounds:
    """A rule may return anything; a trigger may skip the row."""
    relation = scope.catalog.relation(scope.entry(scope.target).integer("relid"))
    if relation.rules:
        return MANY
    skips = relation.row_triggers or relation.kind not in ("r", "p")
    return Bounds(0, bounds.most) if skips else bounds


def _insert(scope: Scope) -> Bounds:
    tree, conflict = scope.query.node("jointree"), scope.query.node("onConflict")
    bounds = _trusted(scope, input_bounds(scope) if tree and tree.items("fromlist") else ONE)
    if conflict is None:
        return bounds
    skips = conflict.integer("action") == _DO_NOTHING or conflict.node("onConflictWhere") is not None
    return Bounds(0, bounds.most) if skips else bounds


def _merge(scope: Scope) -> Bounds:
    """One action a pair of source and target row; one pair if the source gives the target's whole key."""
    actions = scope.query.nodes("mergeActionList")
    source = input_bounds(scope)
    if source.most != 1 or any(action.integer("matchKind") == 1 for action in actions):
        return MANY
    return Bounds(0, 1) if at_most_one(scope, target=True) else MANY


def _select(scope: Scope) -> Bounds:
    operation = scope.query.node("setOperations")
    if operation is not None:
        bounds = _operation(scope, operation)
    elif scope.grouped():
        bounds = _grouped(scope)
    else:
        bounds = input_bounds(scope)
    if scope.query.flag("hasTargetSRFs"):
        bounds = MANY
    if scope.query.items("rowMarks"):  # a locked row may turn out to be gone
        bounds = Bounds(0, bounds.most)
    return _limited(scope.query, bounds)


def _operation(scope: Scope, node: Node) -> Bounds:
    if node.kind == "RANGETBLREF":
        return entry_bounds(scope, node.integer("rtindex"))
    left, right = node.node("larg"), node.node("rarg")
    if left is None or right is None:
        return MANY
    one, other = _operation(scope, left), _operation(scope, right)
    if node.integer("op") == _UNION:
        return Bounds(max(one.least, other.least), None)
    return Bounds(0, one.most)


def _grouped(scope: Scope) -> Bounds:
    query = scope.query
    least = 0 if query.node("havingQual") else 1
    if query.items("groupingSets"):
        return MANY
    if not query.items("groupClause"):
        return Bounds(least, 1)
    rows = input_bounds(scope)
    return Bounds(min(least, rows.least), 1 if rows.most == 1 or at_most_one(scope, groups=True) else None)


def _limited(query: Node, bounds: Bounds) -> Bounds:
    least, most = bounds
    if query.node("limitOffset") is not None:
        least = 0
    limit = query.node("limitCount")
    if limit is None or (limit.kind == "CONST" and limit.flag("constisnull")):
        return Bounds(least, most)
    while limit.kind == "FUNCEXPR" and len(limit.nodes("args")) == 1:  # `1` is a cast of an integer to bigint
        limit = limit.nodes("args")[0]
    count = int.from_bytes(limit.datum("constvalue"), "little") if limit.kind == "CONST" else 0
    if count <= 1 and limit.kind == "CONST" and query.integer("limitOption") != _WITH_TIES:
        most = 1
    return Bounds(least if count else 0, most)


def input_bounds(scope: Scope) -> Bounds:
    """Rows that FROM and WHERE leave, before grouping."""
    if scope.input_bounds is None:
        tree = scope.query.node("jointree")
        least = _tree_least(scope, tree) if tree is not None else 1
        scope.input_bounds = Bounds(least, 1 if at_most_one(scope) else None)
    return scope.input_bounds


def _tree_least(scope: Scope, tree: Node) -> int:
    if tree.kind == "RANGETBLREF":
        return entry_bounds(scope, tree.integer("rtindex")).least
    filtered = any(not is_true(part) for part in conjuncts(tree.node("quals")))
    if tree.kind == "FROMEXPR":
        parts = [_tree_least(scope, part) for part in tree.nodes("fromlist")]
        return int(always_finds(scope, tree)) if filtered else min(parts, default=1)
    left, right = tree.node("larg"), tree.node("rarg")
    one, other = (_tree_least(scope, side) if side else 0 for side in (left, right))
    kind = tree.integer("jointype")
    by_kind = {Join.LEFT: one, Join.RIGHT: other, Join.FULL: max(one, other)}
    return by_kind.get(Join(kind), 0 if filtered else min(one, other)) if kind in (0, 1, 2, 3) else 0


def entry_bounds(scope: Scope, index: int) -> Bounds:
    """Rows of a range table entry."""
    entry = scope.entry(index)
    kind, query = entry.integer("rtekind"), entry.node("subquery")
    if kind == Rte.RESULT:
        return ONE
    if kind == Rte.SUBQUERY and query is not None:
        return query_bounds(scope.subscope(query, ("entry", index)))
    if kind == Rte.VALUES:
        return Bounds(1, 1 if len(entry.items("values_lists")) == 1 else None)
    if kind == Rte.FUNCTION:
        calls = [function.node("funcexpr") for function in entry.nodes("functions")]
        sizes = [_size(scope, call) if call is not None else None for call in calls]
        known = [size for size in sizes if size is not None]
        single = len(known) == len(sizes) and max(known) <= 1
        return Bounds(int(any(known)), 1 if single else None)
    if kind == Rte.CTE:
        return _cte_bounds(scope, entry)
    if kind == Rte.RELATION:
        view = scope.view(index)
        return query_bounds(view) if view is not None else MANY
    return MANY


def _size(scope: Scope, call: Node) -> int | None:
    """How many rows a function in FROM gives."""
    return set_size(scope.catalog, call) if call.flag("funcretset") else 1


def _cte_bounds(scope: Scope, entry: Node) -> Bounds:
    owner = scope.up(entry.integer("ctelevelsup"))
    definition = cte(owner, entry.word("ctename"))
    query = definition.node("ctequery") if definition else None
    if owner is None or definition is None or query is None:
        return MANY
    inner = owner.subscope(query, ("cte", entry.word("ctename")))
    if not definition.flag("cterecursive"):
        return query_bounds(inner)
    operation = query.node("setOperations")
    start = operation.node("larg") if operation is not None else None
    return Bounds(_operation(inner, start).least, None) if start is not None else MANY
