"""Outer joins and sub-selects that always find a row: by foreign key, by the row itself, or never empty."""

from __future__ import annotations

from genjilib.db.nullability.catalog import Relation
from genjilib.db.nullability.facts import conjuncts
from genjilib.db.nullability.nodes import Node, variable_key
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import NO_FACTS, Facts, Join, Rte


def always_matches(scope: Scope, join: Node, kept: Node, filled: Node, known: Facts) -> bool:
    """Whether every row of `kept` finds a row of `filled`."""
    if filled.kind != "RANGETBLREF":
        return False
    index, condition = filled.integer("rtindex"), join.node("quals")
    if condition is None or is_true(condition):
        return bool(scope.prover.entry_bounds(scope, index).least)
    if scope.sees_newer_rows():
        return False
    pairs = _equalities(conjuncts(condition), index)
    return pairs is not None and _surely_in(kept, pairs[0]) and _found(scope, scope, index, *pairs, known)


def always_finds(scope: Scope, tree: Node) -> bool:
    """Whether a sub-select that looks one row up by columns of the query around it always finds it."""
    outer, parts, around = scope.parent, tree.nodes("fromlist"), None
    if outer is not None:
        around = outer.query.node("jointree")
    if outer is None or around is None or len(parts) != 1 or parts[0].kind != "RANGETBLREF":
        return False
    if outer.grouped() or scope.sees_newer_rows():
        return False
    index = parts[0].integer("rtindex")
    pairs = _equalities(conjuncts(tree.node("quals")), index, level=1)
    if pairs is None or not any(_surely_in(part, pairs[0]) for part in around.nodes("fromlist")):
        return False
    return _found(outer, scope, index, *pairs, NO_FACTS)


def _found(outer: Scope, scope: Scope, index: int, owner: int, columns: Equalities, known: Facts) -> bool:
    """Whether a row of `owner`, in the scope `outer`, has its counterpart in `index`, in `scope`."""
    if not _plain_owner(outer, owner):
        return False
    return _same_row(outer, owner, scope.entry(index), columns) or _by_foreign_key(
        outer, owner, scope.entry(index), columns, known
    )


def is_true(node: Node) -> bool:
    """Whether an expression is the literal TRUE."""
    return node.kind == "CONST" and any(node.datum("constvalue"))


Equalities = dict[int, tuple[int, int, int]]  # own column → (other column, operator, collation)


def _equalities(parts: list[Node], index: int, level: int = 0) -> tuple[int, Equalities] | None:
    """A condition that is nothing but `owner.x = filled.y and …`: the owner, `level` out, and its columns."""
    owner, columns = 0, Equalities()
    for part in parts:
        sides = [side for side in map(_plain_column, part.nodes("args")) if side is not None]
        if part.kind != "OPEXPR" or len(sides) != 2:
            return None
        (out, one, own), (inside, other, theirs) = sides if sides[1][:2] == (0, index) else reversed(sides)
        if (inside, other) != (0, index) or (out, one) == (0, index) or out != level:
            return None
        if owner not in (0, one) or own in columns:
            return None
        owner, columns[own] = one, (theirs, part.integer("opno"), part.integer("inputcollid"))
    return owner, columns


def _plain_column(node: Node) -> tuple[int, int, int] | None:
    argument = node.node("arg")
    if node.kind == "RELABELTYPE" and argument is not None:
        return _plain_column(argument)
    if node.kind != "VAR" or node.integer("varattno") <= 0:
        return None
    return node.integer("varlevelsup"), node.integer("varno"), node.integer("varattno")


def _plain_owner(scope: Scope, owner: int) -> bool:
    """The owner is a table, of which no row comes out of another."""
    entry = scope.entry(owner)
    if entry.integer("rtekind") != Rte.RELATION:
        return False
    relation = scope.catalog.relation(entry.integer("relid"))
    return relation.kind == "p" or (relation.kind == "r" and not relation.descendants)


def _surely_in(tree: Node, index: int) -> bool:
    """Whether a table is inside a part of FROM and no outer join there null-extends it."""
    if tree.kind == "RANGETBLREF":
        return tree.integer("rtindex") == index
    if tree.kind != "JOINEXPR":
        return False
    kind, left, right = tree.integer("jointype"), tree.node("larg"), tree.node("rarg")
    in_left = left is not None and kind in (Join.INNER, Join.LEFT) and _surely_in(left, index)
    return in_left or (right is not None and kind in (Join.INNER, Join.RIGHT) and _surely_in(right, index))


def _readable(relation: Relation, entry: Node) -> bool:
    """Every stored row is seen: no row security, no sample, no `only` on a partitioned table."""
    whole = relation.kind == "r" or (relation.kind == "p" and entry.flag("inh"))
    return whole and not relation.row_security and entry.node("tablesample") is None


def _same_row(scope: Scope, owner: int, other: Node, columns: Equalities) -> bool:
    """`a join a b on b.id = a.id`: each row finds itself."""
    one = scope.entry(owner)
    if other.integer("rtekind") != Rte.RELATION or one.integer("relid") != other.integer("relid"):
        return False
    relation = scope.catalog.relation(one.integer("relid"))
    if not _readable(relation, other) or (one.flag("inh") and not other.flag("inh")):
        return False
    return all(
        own == theirs
        and scope.catalog.operator(operator).families
        and not scope.prover.column(scope, owner, own).nullable
        for own, (theirs, operator, _) in columns.items()
    )


def _by_foreign_key(scope: Scope, owner: int, other: Node, columns: Equalities, known: Facts) -> bool:
    """The condition is a validated foreign key from columns that are not null here."""
    if other.integer("rtekind") != Rte.RELATION:
        return False
    parent = scope.catalog.relation(other.integer("relid"))
    child = scope.catalog.relation(scope.entry(owner).integer("relid"))
    if not _readable(parent, other):
        return False
    return any(
        key.target == parent.oid
        and key.pairs.keys() == columns.keys()
        and all(_same_equality(scope, parent, key.pairs[own], columns[own]) for own in columns)
        and all(
            variable_key(0, owner, own) in known or not scope.prover.column(scope, owner, own).nullable
            for own in columns
        )
        for key in child.foreign_keys
    )


def _same_equality(scope: Scope, parent: Relation, key: tuple[int, int], used: tuple[int, int, int]) -> bool:
    (column, equality), (theirs, operator, collation) = key, used
    same = operator in (equality, scope.catalog.operator(equality).commutator)
    return column == theirs and same and collation in (0, parent.attributes[column].collation)
