"""The row that INSERT, UPDATE, DELETE and MERGE return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from genjilib.db.nullability.catalog import Relation
from genjilib.db.nullability.facts import when_true
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import NO_FACTS, Command, Rte, Verdict, never, perhaps

_DO_UPDATE = 2


def judge_target(node: Node, place: Place) -> Verdict:
    """A column of the target of a statement that writes: of its new row, or of its old one."""
    scope, attno = place.scope, node.integer("varattno")
    which = node.integer("varreturningtype")  # PostgreSQL 18: 1 is OLD, 2 is NEW
    if which == 1 and scope.command == Command.UPDATE:
        return _old(scope, attno)
    if which == 1 and scope.command != Command.DELETE:
        return perhaps("there may be no old row")
    if which == 2 and scope.command in (Command.DELETE, Command.MERGE):
        return perhaps("there may be no new row")
    doubt = _foreign_hands(scope)
    if doubt is not None:
        return doubt
    if place.before:
        return _old(scope, attno)
    stored = _kept(scope, attno)
    if not stored.nullable or attno <= 0:
        return stored
    return _NEW_ROW.get(scope.command, _unchanged)(scope, attno)


def _relation(scope: Scope) -> Relation:
    return scope.catalog.relation(scope.entry(scope.target).integer("relid"))


def _foreign_hands(scope: Scope) -> Verdict | None:
    """A doubt, if the row goes through a rule, a view or another server."""
    relation = _relation(scope)
    kinds = {relation.kind, *(scope.catalog.relation(child).kind for child in relation.descendants)}
    return (
        perhaps(f"{relation.name} has rules or is not a table")
        if relation.rules or kinds - {"r", "p"}
        else None
    )


def _enforced(scope: Scope, attno: int, *, domains: bool) -> Verdict:
    relation = _relation(scope)
    inherited = relation.kind == "p" or scope.entry(scope.target).flag("inh")
    return scope.prover.table_column(scope, relation.oid, attno, inherited=inherited, domains=domains)


def _kept(scope: Scope, attno: int) -> Verdict:
    """What the table enforces on whatever is written.

    A NOT NULL domain is no such thing: a null that already has the domain's type is not checked again.
    """
    return _enforced(scope, attno, domains=scope.command == Command.DELETE)


def _old(scope: Scope, attno: int) -> Verdict:
    column = Node("VAR", {"varno": str(scope.target), "varattno": str(attno), "varlevelsup": "0"})
    if column.key in scope.shape.old_facts:
        return never("a condition requires it")
    return _enforced(scope, attno, domains=True)


def _unchanged(scope: Scope, attno: int) -> Verdict:
    return _enforced(scope, attno, domains=True)


def _trusted(scope: Scope, attno: int) -> Verdict | None:
    """A doubt, if something other than the statement decides what is written."""
    relation = _relation(scope)
    column = relation.attributes.get(attno)
    if relation.row_triggers:
        return perhaps(f"a trigger of {relation.name} may change the row")
    if column is None or column.stored or column.virtual:
        return perhaps(f"{relation.name}.{column.name if column else attno} is generated")
    return None


def _inserted(scope: Scope, attno: int) -> Verdict:
    doubt = _trusted(scope, attno)
    if doubt is not None:
        return doubt
    verdict = _given(scope, scope.query.nodes("targetList"), attno)
    conflict = scope.query.node("onConflict")
    if verdict.nullable or conflict is None or conflict.integer("action") != _DO_UPDATE:
        return verdict
    place = Place(scope, when_true(scope, conflict.node("onConflictWhere")), before=True)
    for entry in conflict.nodes("onConflictSet"):
        if entry.integer("resno") == attno:
            return _assigned(scope, entry.node("expr"), attno, place)
    old = _unchanged(scope, attno)
    return old if old.nullable else verdict


def _given(scope: Scope, entries: list[Node], attno: int) -> Verdict:
    """What INSERT writes into a column: the value given for it, or its default."""
    for entry in entries:
        if entry.integer("resno") == attno:
            return _assigned(scope, entry.node("expr"), attno, Place(scope, scope.shape.facts))
    return _default(scope, attno)


def _assigned(scope: Scope, value: Node | None, attno: int, place: Place) -> Verdict:
    if value is None or value.kind == "SETTODEFAULT":
        return _default(scope, attno)
    cells = _cells(scope, value)
    for cell in cells:
        verdict = (
            _default(scope, attno) if cell.kind == "SETTODEFAULT" else scope.prover.expression(cell, place)
        )
        if verdict.nullable:
            return verdict
    return never("the value written is not null")


def _cells(scope: Scope, value: Node) -> list[Node]:
    """A column of a multi-row VALUES stands for its cell in every row."""
    varno, attno = value.integer("varno"), value.integer("varattno")
    if value.kind != "VAR" or value.integer("varlevelsup") or not 0 < varno <= len(scope.table):
        return [value]
    entry = scope.entry(varno)
    if entry.integer("rtekind") != Rte.VALUES:
        return [value]
    rows = [row for row in entry.items("values_lists") if isinstance(row, list)]
    return [cell for row in rows for cell in row[attno - 1 : attno] if isinstance(cell, Node)] or [value]


def _default(scope: Scope, attno: int) -> Verdict:
    column = _relation(scope).attributes[attno]
    if column.default is None:
        return perhaps(f"{column.name} has no default")
    verdict = scope.prover.expression(scope.catalog.expression(column.default), Place(scope, NO_FACTS))
    return verdict if verdict.nullable else never(f"the default of {column.name} is not null")


def _updated(scope: Scope, attno: int) -> Verdict:
    doubt = _trusted(scope, attno)
    if doubt is not None:
        return doubt
    for entry in scope.query.nodes("targetList"):
        if entry.integer("resno") == attno and not entry.flag("resjunk"):
            place = Place(scope, scope.shape.old_facts, before=True)
            return _assigned(scope, entry.node("expr"), attno, place)
    return _unchanged(scope, attno)


def _merged(scope: Scope, attno: int) -> Verdict:
    """MERGE returns what whichever of its actions wrote or deleted."""
    doubt = _trusted(scope, attno)
    if doubt is not None:
        return doubt
    verdict = never("every action keeps it not null")
    for action in scope.query.nodes("mergeActionList"):
        verdict = _by_action(scope, action, attno)
        if verdict.nullable:
            return verdict
    return verdict


def _by_action(scope: Scope, action: Node, attno: int) -> Verdict:
    command, entries = action.integer("commandType"), action.nodes("targetList")
    if command == Command.INSERT:
        return _given(scope, entries, attno)
    if command not in (Command.UPDATE, Command.DELETE):
        return never("nothing is written")
    place = Place(scope, NO_FACTS, before=True)
    for entry in entries if command == Command.UPDATE else ():
        if entry.integer("resno") == attno:
            return _assigned(scope, entry.node("expr"), attno, place)
    return _unchanged(scope, attno)


def excluded_index(scope: Scope) -> int:
    """The range table index of `excluded`; 0 without ON CONFLICT."""
    conflict = scope.query.node("onConflict")
    return conflict.integer("exclRelIndex") if conflict else 0


def judge_excluded(scope: Scope, attno: int) -> Verdict:
    """`excluded.x` in ON CONFLICT: the row that was to be inserted, after its triggers and checks."""
    kept = _kept(scope, attno)
    if not kept.nullable:
        return kept
    doubt = _foreign_hands(scope) or _trusted(scope, attno)
    return doubt if doubt is not None else _given(scope, scope.query.nodes("targetList"), attno)


_NEW_ROW: Final[dict[int, Callable[[Scope, int], Verdict]]] = {
    Command.INSERT: _inserted,
    Command.UPDATE: _updated,
    Command.MERGE: _merged,
}
