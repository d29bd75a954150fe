"""What the proofs ask of PostgreSQL's catalogs, read once per object and kept until the schema changes."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, LiteralString, cast
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import tuple_row

from genjilib.db.nullability import catalog_queries
from genjilib.db.nullability.nodes import Node, parse


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column as pg_attribute describes it. `not_null` is the enforced and validated NOT NULL only."""

    name: str
    type_oid: int
    not_null: bool
    stored: bool
    virtual: bool
    collation: int
    default: str | None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A validated, immediate foreign key; `pairs`: own column → (referenced column, equality operator)."""

    target: int
    pairs: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """An immediate, total unique index: column number → the operator families it is ordered by."""

    columns: Mapping[int, int]


@dataclass(frozen=True)
class Relation:
    """A table, view or other relation, with everything the proofs need of it."""

    oid: int
    name: str
    kind: str
    row_security: bool
    attributes: Mapping[int, Attribute]
    descendants: Sequence[int]
    check_texts: Sequence[str]
    foreign_keys: Sequence[ForeignKey]
    unique_keys: Sequence[UniqueKey]
    row_triggers: bool
    rules: bool
    view_text: str | None

    @cached_property
    def checks(self) -> list[Node]:
        """The validated CHECK constraints."""
        return [node for text in self.check_texts for node in only_nodes(text)]

    @cached_property
    def view(self) -> Node | None:
        """The query of a view."""
        return next(iter(only_nodes(self.view_text)), None) if self.view_text else None

    def numbered(self, name: str) -> int | None:
        """The number of the column of that name."""
        return next((number for number, column in self.attributes.items() if column.name == name), None)


@dataclass(frozen=True)
class Function:
    """A row of pg_proc. `signature` is `name(type, type)` for PostgreSQL's own functions, else empty."""

    signature: str
    name: str
    strict: bool
    returns_set: bool
    volatile: bool
    result_type: int
    body_text: str | None

    @cached_property
    def body(self) -> Node | None:
        """The last query of a `begin atomic` or `return` body."""
        return body_query(self.body_text) if self.body_text else None


@dataclass(frozen=True, slots=True)
class Operator:
    """A row of pg_operator; `families` are those in which it is the equality."""

    name: str
    function: int
    commutator: int
    families: frozenset[int]


@dataclass(frozen=True, slots=True)
class Type:
    """A row of pg_type. `not_null_domain` and `base` look through domains over domains.

    `element` is the type of an array's elements, `relation` describes the fields of a composite type; else 0.
    """

    name: str
    kind: str
    not_null_domain: bool
    base: int
    has_dropped_columns: bool
    element: int
    relation: int


def only_nodes(text: str) -> list[Node]:
    """The nodes of a node text, out of the lists around them."""
    found: list[Node] = []
    pending: list[object] = list(parse(text))
    while pending:
        item = pending.pop(0)
        if isinstance(item, Node):
            found.append(item)
        elif isinstance(item, list):
            pending[:0] = cast("list[object]", item)
    return found


def body_query(text: str) -> Node | None:
    """The last statement of a function body; it gives the function's result."""
    queries = [node for node in only_nodes(text) if node.kind == "QUERY"]
    return queries[-1] if queries else None


class Catalog:
    """Cached reader. One belongs to one connection; `refresh` drops what a schema change made stale."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._cursor = connection.cursor(row_factory=tuple_row)
        self._version: object = None
        self._pinned = False
        self._relations: dict[int, Relation] = {}
        self._functions: dict[int, Function] = {}
        self._operators: dict[int, Operator] = {}
        self._types: dict[int, Type] = {}
        self._collations: dict[int, bool] = {}
        self._expressions: dict[str, Node | None] = {}
        self.views: dict[Any, Any] = {}
        """What was worked out about views, kept as long as the schema stays; the proofs know what it is."""

    def refresh(self) -> None:
        """Ask whether the schema changed since the last call, and forget everything if so."""
        if self._pinned and self._version is not None:
            return
        version = self._row(catalog_queries.VERSION)
        if version != self._version:
            for cache in (self._relations, self._functions, self._operators, self._types, self._collations):
                cache.clear()
            self.views.clear()
            self._version = version

    @contextmanager
    def pinned(self) -> Generator[None]:
        """Take the schema for fixed while the block runs: asking costs more than many a proof."""
        self._pinned = True
        try:
            yield
        finally:
            self._pinned = False

    def relation(self, oid: int) -> Relation:
        """The relation of that oid."""
        if oid not in self._relations:
            self._relations[oid] = _relation(oid, self._row(catalog_queries.RELATION, oid))
        return self._relations[oid]

    def function(self, oid: int) -> Function:
        """The function of that oid."""
        if oid not in self._functions:
            self._functions[oid] = Function(*self._row(catalog_queries.FUNCTION, oid))
        return self._functions[oid]

    def operator(self, oid: int) -> Operator:
        """The operator of that oid."""
        if oid not in self._operators:
            name, function, commutator, families = self._row(catalog_queries.OPERATOR, oid)
            self._operators[oid] = Operator(name, function, commutator, frozenset(families))
        return self._operators[oid]

    def type(self, oid: int) -> Type:
        """The type of that oid."""
        if oid not in self._types:
            self._types[oid] = Type(*self._row(catalog_queries.TYPE, oid))
        return self._types[oid]

    def plain_name(self, oid: int) -> str:
        """The name of a type without the domains around it or around its elements."""
        kind = self.type(self.type(oid).base)
        return f"{self.plain_name(kind.element)}[]" if kind.element else kind.name

    def expression(self, text: str) -> Node | None:
        """A stored expression, such as a default."""
        if text not in self._expressions:
            self._expressions[text] = next(iter(only_nodes(text)), None)
        return self._expressions[text]

    def is_deterministic(self, collation: int) -> bool:
        """Whether strings equal under the collation are the same bytes (0, no collation, is)."""
        if not collation:
            return True
        if collation not in self._collations:
            self._collations[collation] = bool(self._row(catalog_queries.COLLATION, collation)[0])
        return self._collations[collation]

    def _row(self, query: LiteralString, oid: int = 0) -> tuple[Any, ...]:
        row = self._cursor.execute(query, {"oid": oid}, prepare=True).fetchone()
        return row if row is not None else ()


_CATALOGS: Final[WeakKeyDictionary[psycopg.Connection[Any], Catalog]] = WeakKeyDictionary()


def catalog_of(connection: psycopg.Connection[Any]) -> Catalog:
    """The catalog kept for a connection, fresh as of now."""
    catalog = _CATALOGS.setdefault(connection, Catalog(connection))
    catalog.refresh()
    return catalog


@contextmanager
def schema_fixed(connection: psycopg.Connection[Any]) -> Generator[None]:
    """Promise that nobody changes the schema while the block runs, so that many statements go quickly."""
    with catalog_of(connection).pinned():
        yield


def _relation(oid: int, row: tuple[Any, ...]) -> Relation:
    (name, kind, security, attributes, descendants, checks, foreign, unique, triggers, rules, view) = row
    return Relation(
        oid=oid,
        name=name,
        kind=kind,
        row_security=security,
        attributes={number: Attribute(*rest) for number, *rest in attributes},
        descendants=descendants,
        check_texts=checks,
        foreign_keys=[
            ForeignKey(target, {own: (other, op) for own, other, op in zip(*columns, strict=True)})
            for target, *columns in foreign
        ],
        unique_keys=[UniqueKey(dict(zip(*columns, strict=True))) for columns in unique],
        row_triggers=triggers,
        rules=rules,
        view_text=view,
    )
