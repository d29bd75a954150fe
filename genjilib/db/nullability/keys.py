"""Whether conditions pin every relation to one row: equality with fixed values on a unique key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from genjilib.db.nullability.columns import absent
from genjilib.db.nullability.facts import conjuncts, is_volatile, non_null
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import Join, Link, Rte

Column = tuple[int, int]
Families = frozenset[int]

_CHANGING: Final = frozenset(("AGGREF", "WINDOWFUNC", "NEXTVALUEEXPR"))


@dataclass(frozen=True, slots=True)
class _Equality:
    """`column = value`, usable to fix the column once every column in the value is fixed."""

    column: Column
    value: Node
    operator: int
    collation: int


def at_most_one(scope: Scope, *, groups: bool = False, target: bool = False) -> bool:
    """Whether FROM and WHERE give at most one row.

    With `groups`, whether they give at most one group; with `target`, whether a MERGE's source row meets at
    most one row of the target.
    """
    tree = scope.query.node("jointree")
    if tree is None:
        return True
    members = list(_entries(tree))
    if None in members:  # a full join gives rows of both sides
        return False
    wanted = [member for member in members if member is not None]
    equalities = list(_equalities(tree))
    if target:
        wanted.append(scope.target)
        equalities += _pairs(conjuncts(scope.query.node("mergeJoinCondition")), None)
    pins = _Pins(scope)
    pins.spread(wanted, equalities)
    if groups:
        return all(
            pins.holds(key, families) and not pins.absent_in(key) for key, families in _group_keys(scope)
        )
    return pins.relations.issuperset(wanted)


def _group_keys(scope: Scope) -> Iterator[tuple[Node, Families]]:
    clauses = {clause.integer("tleSortGroupRef"): clause for clause in scope.query.nodes("groupClause")}
    for entry in scope.query.nodes("targetList"):
        clause, key = clauses.get(entry.integer("ressortgroupref")), entry.node("expr")
        if clause is not None and key is not None:
            yield key, scope.catalog.operator(clause.integer("eqop")).families


def _entries(tree: Node) -> Iterator[int | None]:
    """The range table entries that rows are made of; None for a full join."""
    if tree.kind == "RANGETBLREF":
        yield tree.integer("rtindex")
        return
    if tree.kind == "JOINEXPR" and tree.integer("jointype") == Join.FULL:
        yield None
    for part in [*tree.nodes("fromlist"), tree.node("larg"), tree.node("rarg")]:
        if part is not None:
            yield from _entries(part)


def _equalities(tree: Node) -> Iterator[_Equality]:
    """Equalities that hold for every row, or, of an outer join, for every row of the side that it fills."""
    parts = conjuncts(tree.node("quals"))
    kind, left, right = tree.integer("jointype"), tree.node("larg"), tree.node("rarg")
    if tree.kind == "FROMEXPR" or (tree.kind == "JOINEXPR" and kind == Join.INNER):
        yield from _pairs(parts, None)
    elif kind in (Join.LEFT, Join.RIGHT):
        filled = right if kind == Join.LEFT else left
        yield from _pairs(parts, {index for index in _entries(filled) if index} if filled else set())
    for part in [*tree.nodes("fromlist"), left, right]:
        if part is not None:
            yield from _equalities(part)


def _pairs(parts: Iterable[Node], only: set[int] | None) -> Iterator[_Equality]:
    for part in parts:
        arguments = part.nodes("args")
        if part.kind != "OPEXPR" or len(arguments) != 2:
            continue
        for one, other in (arguments, reversed(arguments)):
            column = _column(one)
            if column is not None and (only is None or column[0] in only):
                yield _Equality(column, other, part.integer("opno"), part.integer("inputcollid"))


def _column(node: Node) -> Column | None:
    argument = node.node("arg")
    if node.kind == "RELABELTYPE" and argument is not None:
        return _column(argument)
    if node.kind != "VAR" or node.integer("varlevelsup"):
        return None
    return node.integer("varno"), node.integer("varattno")


class _Pins:
    """Columns that have one value in all rows, up to an equality, and relations that give at most one row."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.columns: dict[Column, Families] = {}
        self.relations: set[int] = set()
        self._absent = frozenset(
            index for index in scope.shape.extensions if absent(scope, index, scope.shape.facts)
        )

    def spread(self, members: list[int], equalities: list[_Equality]) -> None:
        """Draw conclusions from equalities until nothing is added."""
        before = -1
        while before != len(self.columns) + len(self.relations):
            before = len(self.columns) + len(self.relations)
            for equality in equalities:
                self._pin_column(equality)
            self.relations.update(index for index in members if self._is_single(index))

    def _pin_column(self, equality: _Equality) -> None:
        catalog = self.scope.catalog
        families = catalog.operator(equality.operator).families
        if not families or not catalog.is_deterministic(equality.collation):
            return
        if self.holds(equality.value, families):
            self.columns[equality.column] = self.columns.get(equality.column, Families()) | families

    def holds(self, node: Node, families: Families) -> bool:
        """Whether an expression has one value in all rows, as far as these equalities can tell."""
        node = self._below_grouping(node)
        column = _column(node)
        if column is not None and self.columns.get(column, Families()) & families:
            return True
        return self._is_constant(node)

    def absent_in(self, node: Node) -> list[Node]:
        """The columns in an expression that an outer join makes null in some rows, whatever pins them."""
        columns = (self._below_grouping(part) for part in node.walk() if part.kind == "VAR")
        return [
            part
            for column in columns
            for part in column.walk()
            if part.kind == "VAR"
            and not part.integer("varlevelsup")
            and part.integer("varno") in self._absent
        ]

    def _below_grouping(self, node: Node) -> Node:
        """PostgreSQL 18 names a grouping expression by a range table entry of its own."""
        column = _column(node)
        sources = self.scope.entry(column[0]).nodes("groupexprs") if column is not None else []
        return sources[column[1] - 1] if column is not None and sources else node

    def _is_constant(self, node: Node) -> bool:
        """Whether an expression is the very same value in all rows."""
        if node.kind == "SUBLINK":  # without outer columns it is evaluated once
            outer = (part for part in node.walk() if part.kind == "VAR" and part.integer("varlevelsup"))
            return node.integer("subLinkType") == Link.EXPRESSION and next(outer, None) is None
        if any(part.kind in _CHANGING for part in node.walk()):
            return False
        if is_volatile(self.scope.catalog, node):
            return False
        # Where an outer join left a row out there is a second value, which does no harm if it is null.
        if not non_null(self.scope, node).issuperset(column.key for column in self.absent_in(node)):
            return False
        own = (part for part in node.walk() if part.kind == "VAR" and not part.integer("varlevelsup"))
        return all(self._comes_from_pinned(part) for part in own)

    def _comes_from_pinned(self, column: Node) -> bool:
        source = self._below_grouping(column)
        return column.integer("varno") in self.relations if source is column else self._is_constant(source)

    def _is_single(self, index: int) -> bool:
        entry = self.scope.entry(index)
        if self.scope.prover.entry_bounds(self.scope, index).most == 1:
            return True
        return any(self._covers(index, key) for key in _entry_keys(self.scope, entry))

    def _covers(self, index: int, key: Mapping[int, Families]) -> bool:
        """Whether every column of a unique key is pinned, by an equality the key knows."""
        return all(self.columns.get((index, attno), Families()) & families for attno, families in key.items())


def _entry_keys(scope: Scope, entry: Node) -> Iterator[dict[int, Families]]:
    """The unique keys of a range table entry: column number → the equalities it is unique by."""
    query = entry.node("subquery")
    if entry.integer("rtekind") == Rte.RELATION:
        relation = scope.catalog.relation(entry.integer("relid"))
        query = relation.view
        if relation.kind == "p" or (
            relation.kind == "r" and not (relation.descendants and entry.flag("inh"))
        ):
            for key in relation.unique_keys:
                yield {attno: Families((family,)) for attno, family in key.columns.items()}
    if query is None or query.flag("hasTargetSRFs") or query.node("setOperations") is not None:
        return
    if not query.items("groupingSets"):
        yield from _grouping_keys(scope, query)
    if not query.items("groupClause"):
        yield from _inherited_keys(scope, query)


def _inherited_keys(scope: Scope, query: Node) -> Iterator[dict[int, Families]]:
    """A sub-select from one table keeps the table's keys, as far as it gives their columns."""
    tree = query.node("jointree")
    parts = tree.nodes("fromlist") if tree else []
    if len(parts) != 1 or parts[0].kind != "RANGETBLREF":
        return
    index = parts[0].integer("rtindex")
    given: dict[int, int] = {}
    for entry in query.nodes("targetList"):
        expression = entry.node("expr")
        column = _column(expression) if expression is not None else None
        if column is not None and column[0] == index and not entry.flag("resjunk"):
            given[column[1]] = entry.integer("resno")
    for key in _entry_keys(scope, query.nodes("rtable")[index - 1]):
        if key.keys() <= given.keys():
            yield {given[attno]: families for attno, families in key.items()}


def _grouping_keys(scope: Scope, query: Node) -> Iterator[dict[int, Families]]:
    """GROUP BY and DISTINCT make their columns a unique key."""
    for clause_field in ("groupClause", "distinctClause"):
        clauses = {clause.integer("tleSortGroupRef"): clause for clause in query.nodes(clause_field)}
        columns = {
            entry.integer("resno"): scope.catalog.operator(clauses[reference].integer("eqop")).families
            for entry in query.nodes("targetList")
            if (reference := entry.integer("ressortgroupref")) in clauses and not entry.flag("resjunk")
        }
        if clauses and len(columns) == len(clauses):
            yield columns
