"""Columns of tables, views, sub-selects, VALUES and common table expressions, and through outer joins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from genjilib.db.nullability.facts import NOT_FALSE, when, when_passed
from genjilib.db.nullability.function_columns import judge_function_column, judge_table_function
from genjilib.db.nullability.nodes import Node, variable_key
from genjilib.db.nullability.scope import Extension, Place, Scope
from genjilib.db.nullability.targets import excluded_index, judge_excluded, judge_target
from genjilib.db.nullability.terms import NO_FACTS, Command, Facts, Rte, Verdict, never, perhaps, present

_OUTSIDE: Final = "the query around it is not known"


def judge_column(node: Node, place: Place) -> Verdict:
    """Whether a VAR can be NULL: by outer joins first, then by where the column comes from."""
    level, varno, attno = node.integer("varlevelsup"), node.integer("varno"), node.integer("varattno")
    scope = place.scope
    if level:
        outer = scope.outer_place(level)
        local = Node("VAR", {**node.fields, "varlevelsup": "0"})
        return outer.judge(local) if outer is not None else perhaps(_OUTSIDE)
    if not 0 < varno <= len(scope.table):
        return perhaps(_OUTSIDE)
    if varno == scope.target and scope.command != Command.SELECT:
        return judge_target(node, place)
    if varno == excluded_index(scope):
        return judge_excluded(scope, attno)
    kind = scope.entry(varno).integer("rtekind")
    if kind == Rte.JOIN:
        return _merged(scope, varno, attno, place)
    if kind == Rte.GROUP:
        sources = scope.entry(varno).nodes("groupexprs")
        return scope.prover.expression(sources[attno - 1], place.below())
    return column_here(scope, varno, attno, place.facts | place.local)


def column_here(scope: Scope, varno: int, attno: int, facts: Facts) -> Verdict:
    """A column of a range table entry, as the joins above it leave it."""
    missing = absent(scope, varno, facts)
    if missing:
        return perhaps(f"{scope.alias(varno)} is on {missing[0].why}")
    for extension in scope.shape.extensions.get(varno, ()):
        if variable_key(0, varno, attno) in extension.facts:
            return never(f"the join with {scope.alias(varno)} requires it")
    verdict = scope.prover.column(scope, varno, attno)
    return _by_others(scope, varno, attno, facts) or verdict if verdict.nullable else verdict


def _by_others(scope: Scope, varno: int, attno: int, facts: Facts) -> Verdict | None:
    """What is known of other columns proves a generated one, or one that a check ties to them."""
    entry, prefix = scope.entry(varno), f"v0.{varno}."
    relation = scope.catalog.relation(entry.integer("relid")) if entry.integer("relid") else None
    column = relation.attributes.get(attno) if relation else None
    if relation is None or column is None or relation.kind != "r" or relation.descendants:
        return None
    known = frozenset(f"v0.1.{fact.removeprefix(prefix)}" for fact in facts if fact.startswith(prefix))
    alone = Scope(scope.prover, _select_from(relation.oid))
    for check in relation.checks if known else ():
        if variable_key(0, 1, attno) in when_passed(alone, check, known):
            return never(f"a check of {relation.name} requires {column.name} here")
    if not column.stored or column.default is None:
        return None
    verdict = scope.prover.expression(scope.catalog.expression(column.default), Place(alone, known))
    return None if verdict.nullable else verdict


def absent(scope: Scope, varno: int, facts: Facts) -> list[Extension]:
    """The outer joins that may have null-extended a relation, given what is known of the row."""
    extensions = scope.shape.extensions.get(varno, ())
    return [extension for extension in extensions if not present(facts, extension.members)]


def _merged(scope: Scope, varno: int, attno: int, place: Place) -> Verdict:
    """A column of a join, perhaps merged by USING."""
    sources = scope.entry(varno).nodes("joinaliasvars")
    if not 0 < attno <= len(sources):
        return perhaps("a whole joined row may be null")
    return scope.prover.expression(sources[attno - 1], place)


def judge_source(scope: Scope, index: int, attno: int) -> Verdict:
    """A column of a range table entry in a row that is really there."""
    entry = scope.entry(index)
    rule = _SOURCES.get(entry.integer("rtekind"))
    return rule(scope, index, attno) if rule else perhaps("its origin is not known")


def _relation(scope: Scope, index: int, attno: int) -> Verdict:
    entry = scope.entry(index)
    relation = scope.catalog.relation(entry.integer("relid"))
    view = scope.view(index, wanted(scope, index)) if relation.kind == "v" and attno > 0 else None
    if view is not None:
        return view.prover.output(view, attno)
    return table_column(scope, relation.oid, attno, inherited=entry.flag("inh"))


def table_column(scope: Scope, oid: int, attno: int, *, inherited: bool, domains: bool = True) -> Verdict:
    """A column of a stored table: by NOT NULL, domain, CHECK or generation, in every child table too."""
    relation = scope.catalog.relation(oid)
    if relation.kind not in ("r", "p"):
        return perhaps(f"{relation.name} is not a table that enforces its constraints")
    if attno <= 0:
        return never("a system column is never null" if attno else "a row is never null")
    column = relation.attributes.get(attno)
    if column is None:
        return perhaps("the column is gone")
    name = f"{relation.name}.{column.name}"
    verdict = _stored(scope, oid, attno, name, domains=domains)
    for child in relation.descendants if inherited and not verdict.nullable else ():
        number = scope.catalog.relation(child).numbered(column.name)
        if number is None or table_column(scope, child, number, inherited=False, domains=domains).nullable:
            return perhaps(f"{scope.catalog.relation(child).name} does not keep {name} not null")
    return verdict


def _stored(scope: Scope, oid: int, attno: int, name: str, *, domains: bool) -> Verdict:
    relation = scope.catalog.relation(oid)
    column = relation.attributes[attno]
    if column.not_null:
        return never(f"{name} is not null")
    domain = scope.catalog.type(column.type_oid)
    if domains and domain.not_null_domain:
        return never(f"domain {domain.name} of {name} is not null")
    alone = Scope(scope.prover, _select_from(oid))
    for check in relation.checks:
        if variable_key(0, 1, attno) in when(alone, check, NOT_FALSE):
            return never(f"a check keeps {name} not null")
    if column.stored and column.default is not None:
        return scope.prover.expression(scope.catalog.expression(column.default), Place(alone, NO_FACTS))
    return perhaps(f"{name} may be null")


def _select_from(oid: int) -> Node:
    entry = Node("RANGETBLENTRY", {"rtekind": "0", "relid": str(oid)})
    return Node("QUERY", {"commandType": "1", "rtable": [entry]})


def wanted(scope: Scope, index: int) -> frozenset[int]:
    """The columns of a range table entry that the query requires to be non-null."""
    prefix = f"v0.{index}."
    facts = scope.shape.facts | scope.shape.group_facts
    for extension in scope.shape.extensions.get(index, ()):
        facts |= extension.facts
    numbers = (fact[len(prefix) : -1] for fact in facts if fact.startswith(prefix))
    return frozenset(int(number) for number in numbers if number.isdigit())


def _subquery(scope: Scope, index: int, attno: int) -> Verdict:
    query = scope.entry(index).node("subquery")
    if query is None:
        return perhaps("the sub-select is not known")
    if attno == 0:
        return never("a row of a sub-select is never null")
    return scope.prover.output(scope.subscope(query, ("entry", index), wanted(scope, index)), attno)


def _values(scope: Scope, index: int, attno: int) -> Verdict:
    if attno == 0:
        return never("a row of values is never null")
    place = Place(scope, NO_FACTS)
    for row in scope.entry(index).items("values_lists"):
        cell = row[attno - 1] if isinstance(row, list) and attno <= len(row) else None
        verdict = scope.prover.expression(cell if isinstance(cell, Node) else None, place)
        if verdict.nullable:
            return verdict
    return never("no row of values has null there")


def _cte(scope: Scope, index: int, attno: int) -> Verdict:
    entry = scope.entry(index)
    if attno == 0:
        return never("a row of a common table expression is never null")
    owner = scope.up(entry.integer("ctelevelsup"))
    definition = cte(owner, entry.word("ctename"))
    query = definition.node("ctequery") if definition else None
    if owner is None or definition is None or query is None:
        return perhaps(_OUTSIDE)
    own = len(definition.items("ctecolnames"))
    if attno > own:
        return _made(owner, definition)[attno - own - 1]
    if not definition.flag("cterecursive"):
        inner = owner.subscope(query, ("cte", entry.word("ctename")), wanted(scope, index))
        return owner.prover.output(inner, attno)
    return _recursive(owner, query, entry.word("ctename"), attno)


def _made(owner: Scope, definition: Node) -> list[Verdict]:
    """The columns that SEARCH and CYCLE add: the order, whether there is a cycle, and the path."""
    cycle, found = definition.node("cycle_clause"), list[Verdict]()
    if definition.node("search_clause") is not None:
        found.append(never("the order of a search is never null"))
    if cycle is not None:
        marks = [cycle.node("cycle_mark_value"), cycle.node("cycle_mark_default")]
        found.append(Place(owner, NO_FACTS).all_of(marks, "no mark of a cycle is null"))
        found.append(never("the path of a cycle is never null"))
    return found


def cte(owner: Scope | None, name: str) -> Node | None:
    """The common table expression of that name in a query."""
    found = owner.query.nodes("cteList") if owner else []
    return next((node for node in found if node.word("ctename") == name), None)


def _recursive(owner: Scope, query: Node, name: str, attno: int) -> Verdict:
    """Suppose no column is null: what the query then still proves holds by induction on the recursion."""
    if name in owner.recursion:
        return owner.recursion[name][attno]
    current = {number: never("by recursion") for number in range(1, len(query.nodes("targetList")) + 1)}
    while True:
        owner.recursion[name] = current
        inner = Scope(owner.prover, query, owner)
        found = {number: owner.prover.output(inner, number) for number in current}
        settled = all(found[number].nullable == current[number].nullable for number in current)
        current = found
        if settled:
            owner.recursion[name] = current
            return current[attno]


_SOURCES: Final[dict[int, Callable[[Scope, int, int], Verdict]]] = {
    Rte.RELATION: _relation,
    Rte.SUBQUERY: _subquery,
    Rte.FUNCTION: judge_function_column,
    Rte.TABLE_FUNCTION: judge_table_function,
    Rte.VALUES: _values,
    Rte.CTE: _cte,
}
