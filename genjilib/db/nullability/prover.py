"""Puts the rules together: one prover per statement."""

from __future__ import annotations

from genjilib.db.nullability import arrays, columns, expressions, joins, rows
from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope, Shape
from genjilib.db.nullability.terms import Bounds, Verdict, perhaps

_UNION, _INTERSECT = 1, 2


class RuleProver:
    """The rules, reachable from each other. `nullable_parameters` are the `$n` that may be given as null."""

    def __init__(self, catalog: Catalog, nullable_parameters: frozenset[int] = frozenset()) -> None:
        self.catalog = catalog
        self.nullable_parameters = nullable_parameters

    def shape(self, scope: Scope) -> Shape:
        """Join structure and facts of a query."""
        return joins.shape(scope)

    def expression(self, node: Node | None, place: Place) -> Verdict:
        """Whether an expression can be NULL."""
        return expressions.judge(node, place)

    def elements(self, node: Node, place: Place) -> Verdict:
        """Whether an element of an array can be NULL."""
        return arrays.judge_elements(node, place)

    def column(self, scope: Scope, index: int, attno: int) -> Verdict:
        """Whether a column of a range table entry can be NULL in a row that is really there."""
        return columns.judge_source(scope, index, attno)

    def table_column(self, scope: Scope, oid: int, attno: int, *, inherited: bool, domains: bool) -> Verdict:
        """Whether a stored column can be NULL."""
        return columns.table_column(scope, oid, attno, inherited=inherited, domains=domains)

    def output(self, scope: Scope, number: int) -> Verdict:
        """Whether the n-th column that comes out of a query can be NULL."""
        if number not in scope.outputs:
            scope.outputs[number] = perhaps("it depends on itself")
            scope.outputs[number] = self._output(scope, number)
        return scope.outputs[number]

    def _output(self, scope: Scope, number: int) -> Verdict:
        operation = scope.query.node("setOperations")
        if operation is not None:
            return self._operation(scope, operation, number)
        targets = scope.targets()
        if not 0 < number <= len(targets):
            return perhaps("there is no such column")
        return self.expression(targets[number - 1].node("expr"), scope.place())

    def _operation(self, scope: Scope, node: Node, number: int) -> Verdict:
        """UNION needs both sides, INTERSECT one, EXCEPT the left."""
        left, right = node.node("larg"), node.node("rarg")
        if left is None or right is None:
            index = node.integer("rtindex")
            query = scope.entry(index).node("subquery")
            if query is None:
                return perhaps("the sub-select is not known")
            return self.output(scope.subscope(query, ("entry", index), scope.wanted), number)
        first, operation = self._operation(scope, left, number), node.integer("op")
        if (operation == _UNION and not first.nullable) or (operation == _INTERSECT and first.nullable):
            return self._operation(scope, right, number)
        return first

    def bounds(self, scope: Scope) -> Bounds:
        """How many rows a query gives."""
        return rows.query_bounds(scope)

    def input_bounds(self, scope: Scope) -> Bounds:
        """How many rows FROM and WHERE leave."""
        return rows.input_bounds(scope)

    def entry_bounds(self, scope: Scope, index: int) -> Bounds:
        """How many rows a range table entry gives."""
        return rows.entry_bounds(scope, index)
