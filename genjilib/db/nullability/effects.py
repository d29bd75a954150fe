"""What a statement writes, and whether it only reads."""

from __future__ import annotations

from genjilib.db.nullability import builtins
from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.terms import Command


def tables_written(catalog: Catalog, tree: Node) -> tuple[str, ...]:
    """The tables that INSERT, UPDATE, DELETE and MERGE write to, in common table expressions too."""
    names: list[str] = []
    for query in (node for node in tree.walk() if node.kind == "QUERY"):
        if query.integer("commandType") in (Command.INSERT, Command.UPDATE, Command.DELETE, Command.MERGE):
            entry = query.nodes("rtable")[query.integer("resultRelation") - 1]
            names.append(catalog.relation(entry.integer("relid")).name)
    return tuple(sorted(set(names)))


def only_reads(catalog: Catalog, tree: Node) -> bool:
    """Whether nothing is written or locked, and no function is called that might."""
    for node in tree.walk():
        if node.kind == "NEXTVALUEEXPR" or (node.kind == "QUERY" and _writes_or_locks(node)):
            return False
        function = node.integer("funcid") or node.integer("opfuncid")
        if function and _may_write(catalog, function):
            return False
    return True


def _writes_or_locks(query: Node) -> bool:
    return query.integer("commandType") != Command.SELECT or bool(query.items("rowMarks"))


def _may_write(catalog: Catalog, oid: int) -> bool:
    function = catalog.function(oid)
    return function.volatile and not builtins.is_harmless(function)
