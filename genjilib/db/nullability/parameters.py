"""Which parameters may be null, and which table columns they are written to or compared with.

A parameter may be null if the statement says what null means (`$1 is null`, `coalesce($1, …)`, `is distinct
from $1`), or if it is written to a column that takes null and no condition needs it. Otherwise a caller has
to give a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from genjilib.db.nullability.facts import function_of
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Scope
from genjilib.db.nullability.terms import Command, Rte

_CASTS = frozenset(("RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COERCETODOMAIN", "COLLATEEXPR"))
_COMPARISONS = ("OPEXPR", "SCALARARRAYOPEXPR", "DISTINCTEXPR")
_TELLING = frozenset(("PARAM", "NULLTEST", "BOOLEANTEST", "COALESCEEXPR", *_COMPARISONS))


@dataclass(slots=True)
class Use:
    """What a statement does with one parameter; the sentences say where."""

    handled: str = ""
    """The statement says what null means."""
    needed: str = ""
    """A condition is never true when it is null."""
    written_nullable: str = ""
    written: str = ""
    columns: list[str] = field(default_factory=list[str])
    """The table columns it meets, written ones first."""

    @property
    def nullable(self) -> bool:
        """Whether a caller may give null."""
        return bool(self.handled or (self.written_nullable and not self.needed and not self.written))

    @property
    def why(self) -> str:
        """The sentence that decides."""
        if self.handled or self.needed:
            return self.handled or self.needed
        return self.written or self.written_nullable or "nothing in the statement expects null"


def parameter_uses(scope: Scope) -> dict[int, Use]:
    """How each parameter of a statement is used, sub-queries and common table expressions included."""
    uses: dict[int, Use] = {}
    for inner, nodes in _scopes(scope):
        for use, number in _writes(inner):
            mine = uses.setdefault(number, Use())
            mine.written_nullable = mine.written_nullable or use.written_nullable
            mine.written = mine.written or use.written
            mine.columns[:0] = use.columns
        for node in nodes:
            if node.kind in _TELLING:
                _expression(inner, node, uses)
        for condition in _conditions(inner.query):
            for number, sentence in _strictly_compared(inner, condition):
                mine = uses.setdefault(number, Use())
                mine.needed = mine.needed or sentence
    return uses


def _scopes(scope: Scope) -> Iterator[tuple[Scope, list[Node]]]:
    """Every query with the nodes of its own, which are not those of the queries inside it."""
    pending, nodes, queries = [scope.query], list[Node](), list[Node]()
    while pending:
        for child in pending.pop().children():
            if child.kind == "QUERY":
                queries.append(child)
            else:
                pending.append(child)
                nodes.append(child)
    yield scope, nodes
    for query in queries:
        yield from _scopes(Scope(scope.prover, query, scope))


def _number(node: Node | None) -> int | None:
    """The parameter an expression is, through casts; a cast to `varchar(n)` is a call."""
    while node is not None and node.kind != "PARAM":
        if node.kind in _CASTS:
            node = node.node("arg")
        elif node.kind == "FUNCEXPR" and node.integer("funcformat") in (1, 2):
            node = next(iter(node.nodes("args")), None)
        else:
            return None
    return node.integer("paramid") if node is not None and node.integer("paramkind") == 0 else None


def _expression(scope: Scope, node: Node, uses: dict[int, Use]) -> None:
    if node.kind == "PARAM" and node.integer("paramkind") == 0:
        uses.setdefault(node.integer("paramid"), Use())
    for argument, sentence in _handlers(node):
        number = _number(argument)
        if number is not None:
            mine = uses.setdefault(number, Use())
            mine.handled = mine.handled or sentence.format(f"${number}")
    if node.kind in _COMPARISONS:
        arguments = node.nodes("args")
        for one, other in (arguments, arguments[::-1]) if len(arguments) == 2 else ():
            number, column = _number(one), origin(scope, other)
            if number is not None and column:
                uses.setdefault(number, Use()).columns.append(column)


def _handlers(node: Node) -> Iterator[tuple[Node | None, str]]:
    """Arguments of which the statement says what null means."""
    if node.kind == "NULLTEST":
        yield node.node("arg"), "the statement tests whether {} is null"
    elif node.kind == "BOOLEANTEST" and node.integer("booltesttype") in (4, 5):
        yield node.node("arg"), "the statement tests whether {} is unknown"
    elif node.kind == "DISTINCTEXPR":
        for argument in node.nodes("args"):
            yield argument, "{} is compared by is distinct from"
    elif node.kind == "COALESCEEXPR":
        for argument in node.nodes("args")[:-1]:
            yield argument, "coalesce() has something else when {} is null"


def origin(scope: Scope, node: Node | None) -> str:
    """`schema.table.column` if an expression is such a column, through casts and sub-selects; else empty."""
    while node is not None and node.kind in _CASTS:
        node = node.node("arg")
    if node is None or node.kind != "VAR":
        return ""
    owner, varno, attno = (
        scope.up(node.integer("varlevelsup")),
        node.integer("varno"),
        node.integer("varattno"),
    )
    if owner is None or not 0 < varno <= len(owner.table) or attno <= 0:
        return ""
    entry = owner.entry(varno)
    kind, query = entry.integer("rtekind"), entry.node("subquery")
    if kind == Rte.RELATION:
        relation = scope.catalog.relation(entry.integer("relid"))
        column = relation.attributes.get(attno)
        return f"{relation.name}.{column.name}" if column else ""
    if kind == Rte.SUBQUERY and query is not None:
        inner = owner.subscope(query, ("entry", varno))
        targets = inner.targets()
        return origin(inner, targets[attno - 1].node("expr")) if attno <= len(targets) else ""
    if kind in (Rte.JOIN, Rte.GROUP):
        sources = entry.nodes("joinaliasvars" if kind == Rte.JOIN else "groupexprs")
        return origin(owner, sources[attno - 1]) if attno <= len(sources) else ""
    return ""


def _conditions(query: Node) -> Iterator[Node]:
    """Conditions that a row has to pass: WHERE, and ON of inner joins."""
    pending = [query.node("jointree")]
    while pending:
        tree = pending.pop()
        if tree is None or tree.kind not in ("FROMEXPR", "JOINEXPR"):
            continue
        quals = tree.node("quals")
        if quals is not None and (tree.kind == "FROMEXPR" or tree.integer("jointype") == 0):
            yield quals
        pending += [*tree.nodes("fromlist"), tree.node("larg"), tree.node("rarg")]


def _strictly_compared(scope: Scope, condition: Node) -> Iterator[tuple[int, str]]:
    if condition.kind == "BOOLEXPR" and condition.word("boolop") == "and":
        for part in condition.nodes("args"):
            yield from _strictly_compared(scope, part)
        return
    if condition.kind not in ("OPEXPR", "SCALARARRAYOPEXPR"):
        return
    if not scope.catalog.function(function_of(scope.catalog, condition)).strict:
        return
    arguments = condition.nodes("args")
    operator = scope.catalog.operator(condition.integer("opno")).name
    for one, other in (arguments, arguments[::-1]) if len(arguments) == 2 else ():
        number = _number(one)
        if number is not None:
            yield number, f"{origin(scope, other) or 'a value'} {operator} ${number} is strict"


def _writes(scope: Scope) -> Iterator[tuple[Use, int]]:
    """Parameters written to columns of the target of INSERT, UPDATE and MERGE."""
    query = scope.query
    if scope.command in (Command.INSERT, Command.UPDATE):
        yield from _slots(scope, query.nodes("targetList"))
    conflict = query.node("onConflict")
    if conflict is not None:
        yield from _slots(scope, conflict.nodes("onConflictSet"))
    for action in query.nodes("mergeActionList"):
        yield from _slots(scope, action.nodes("targetList"))


def _slots(scope: Scope, entries: list[Node]) -> Iterator[tuple[Use, int]]:
    relation = scope.catalog.relation(scope.entry(scope.target).integer("relid"))
    for entry in entries:
        column = relation.attributes.get(entry.integer("resno"))
        if column is None or entry.flag("resjunk"):
            continue
        for value in _values(scope, entry.node("expr")):
            number = _number(value)
            if number is not None:
                yield (
                    _written(scope, relation.oid, entry.integer("resno"), f"{relation.name}.{column.name}"),
                    number,
                )


def _values(scope: Scope, value: Node | None) -> Iterator[Node]:
    """The expressions a written value may be: those of VALUES, of the SELECT, the last of coalesce()."""
    if value is None:
        return
    yield value
    varno, attno = value.integer("varno"), value.integer("varattno")
    if value.kind in _CASTS:
        yield from _values(scope, value.node("arg"))
    elif value.kind == "COALESCEEXPR":
        yield from value.nodes("args")[-1:]
    elif value.kind == "VAR" and not value.integer("varlevelsup") and 0 < varno <= len(scope.table):
        entry = scope.entry(varno)
        query = entry.node("subquery")
        for row in entry.items("values_lists"):
            if isinstance(row, list):
                yield from (cell for cell in row[attno - 1 : attno] if isinstance(cell, Node))
        if query is not None:
            inner = scope.subscope(query, ("entry", varno))
            for target in inner.targets()[attno - 1 : attno]:
                yield from _values(inner, target.node("expr"))


def _written(scope: Scope, oid: int, attno: int, name: str) -> Use:
    verdict = scope.prover.table_column(scope, oid, attno, inherited=False, domains=True)
    if scope.catalog.relation(oid).kind not in ("r", "p"):
        verdict = verdict._replace(nullable=not scope.catalog.relation(oid).attributes[attno].not_null)
    if verdict.nullable:
        return Use(written_nullable=f"it is written to {name}, which takes null", columns=[name])
    return Use(written=f"it is written to {name}, which does not take null", columns=[name])
