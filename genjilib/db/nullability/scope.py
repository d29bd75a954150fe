"""A query in its surroundings, and a place in it where expressions are judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.terms import (
    NO_FACTS,
    Bounds,
    Command,
    Facts,
    Verdict,
    grouped_key,
    never,
    perhaps,
    present,
    present_key,
)


@dataclass(frozen=True, slots=True)
class Extension:
    """The side of an outer join that is filled with nulls when nothing matches."""

    members: frozenset[int]
    facts: Facts
    why: str


@dataclass(frozen=True, slots=True)
class FullJoin:
    """A full join of two sides, by the range table indexes of the tables or joins that they are."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a query before its expressions are judged."""

    facts: Facts = NO_FACTS
    """Hold for every row that passes the joins and WHERE (in UPDATE: for the new row)."""
    group_facts: Facts = NO_FACTS
    """Hold for every group that comes out."""
    old_facts: Facts = NO_FACTS
    """UPDATE: hold for the row before it is changed."""
    extensions: Mapping[int, list[Extension]] = field(default_factory=dict[int, list[Extension]])
    """Range table index → the outer joins that may null-extend it."""
    full_joins: Sequence[FullJoin] = ()
    """Full joins of which either side may be missing."""
    unset_keys: frozenset[str] = frozenset()
    """Grouping expressions that some grouping set leaves out."""
    empty_group: bool = False
    """A grouping set `()` gives a row even when there is no input."""
    filled: bool = False
    """HAVING lets no group without rows through."""


class Scope:
    """A query with its parent, by which outer columns and common table expressions are found.

    `wanted` holds the numbers of output columns that whoever reads the query requires to be non-null:
    only such rows are judged. `arguments` are the parameters of a SQL function's body, `calls` the functions
    it was reached by.
    """

    def __init__(
        self,
        prover: Prover,
        query: Node,
        parent: Scope | None = None,
        *,
        wanted: frozenset[int] = frozenset(),
        arguments: Mapping[int, Verdict] | None = None,
        calls: frozenset[int] = frozenset(),
    ) -> None:
        self.prover = prover
        self.query = query
        self.parent = parent
        self.wanted = wanted
        self.arguments = arguments
        self.calls = calls
        self.command = query.integer("commandType")
        self.table = query.nodes("rtable")
        self.target = query.integer("resultRelation")
        self.sees_old_row = False
        self.bounds: Bounds | None = None
        self.input_bounds: Bounds | None = None
        self.outputs: dict[int, Verdict] = {}
        self.conditions: dict[int, tuple[Node, Facts]] = {}
        self.inner: dict[tuple[object, ...], Scope] = {}
        self.recursion: dict[str, dict[int, Verdict]] = {}
        self._shape: Shape | None = None
        self._unwanted: Scope | None = None
        self._targets: list[Node] | None = None
        self._place: Place | None = None

    @property
    def catalog(self) -> Catalog:
        """The catalog of the connection."""
        return self.prover.catalog

    @property
    def shape(self) -> Shape:
        """Join structure and facts, worked out at first use."""
        if self._shape is None:
            self._shape = self.prover.shape(self)
        return self._shape

    def entry(self, index: int) -> Node:
        """The range table entry of that (1-based) index."""
        return self.table[index - 1]

    def alias(self, index: int) -> str:
        """The name the query knows a range table entry by."""
        reference = self.entry(index).node("eref")
        return reference.word("aliasname") if reference else ""

    def column_name(self, index: int, attno: int) -> str:
        """`alias.column`, for sentences."""
        reference = self.entry(index).node("eref")
        names = reference.words("colnames") if reference else []
        return f"{self.alias(index)}.{names[attno - 1]}" if 0 < attno <= len(names) else self.alias(index)

    def up(self, levels: int) -> Scope | None:
        """The scope that many levels out."""
        scope: Scope | None = self
        for _ in range(levels):
            scope = scope.parent if scope else None
        return scope

    def outer_place(self, levels: int) -> Place | None:
        """Where the query that many levels out has this one: in SET, its target still has the old values."""
        below = self.up(levels - 1)
        outer = below.parent if below is not None else None
        if below is None or outer is None:
            return None
        return Place(outer, outer.shape.old_facts, before=True) if below.sees_old_row else outer.place()

    def root(self) -> Scope:
        """The outermost scope."""
        return self if self.parent is None else self.parent.root()

    def targets(self) -> list[Node]:
        """The entries of the columns that come out."""
        if self._targets is None:
            field = "targetList" if self.command == Command.SELECT else "returningList"
            self._targets = [entry for entry in self.query.nodes(field) if not entry.flag("resjunk")]
        return self._targets

    def subscope(self, query: Node, key: tuple[object, ...], wanted: frozenset[int] = frozenset()) -> Scope:
        """The scope of a query inside this one, made once per key."""
        key = (*key, wanted)
        if key not in self.inner:
            self.inner[key] = Scope(self.prover, query, self, wanted=wanted)
        return self.inner[key]

    def view(self, index: int, wanted: frozenset[int] = frozenset()) -> Scope | None:
        """The scope of the view that a range table entry is; nothing for what is none.

        It is made once for all statements, unless what is around it matters.
        """
        oid = self.entry(index).integer("relid")
        query = self.catalog.relation(oid).view
        if query is None or self.root().calls or self.sees_newer_rows():
            return query and self.subscope(query, ("view", index), wanted)
        views: dict[tuple[int, frozenset[int]], Scope] = self.catalog.views
        if (oid, wanted) not in views:
            views[oid, wanted] = Scope(self.prover, query, wanted=wanted)
        return views[oid, wanted]

    def sees_newer_rows(self) -> bool:
        """FOR UPDATE and UPDATE may look at a newer version of one row and an older one of its parent."""
        scope: Scope | None = self
        while scope is not None:
            if scope.query.items("rowMarks") or scope.command in (
                Command.UPDATE,
                Command.DELETE,
                Command.MERGE,
            ):
                return True
            scope = scope.parent
        return False

    def without_wishes(self) -> Scope:
        """The same query judged on all its rows: what window functions see."""
        if not self.wanted:
            return self
        if self._unwanted is None:
            self._unwanted = Scope(
                self.prover, self.query, self.parent, arguments=self.arguments, calls=self.calls
            )
        return self._unwanted

    def grouped(self) -> bool:
        """Whether a row that comes out stands for a group of rows."""
        query = self.query
        return bool(query.items("groupClause") or query.items("groupingSets") or query.flag("hasAggs")) or (
            query.node("havingQual") is not None
        )

    def place(self) -> Place:
        """Where the output columns are computed."""
        if self._place is None:
            shape = self.shape
            # A group of no rows, whose row comes out all the same, was never put to the conditions.
            facts = NO_FACTS if self.may_be_rowless() else shape.facts
            self._place = Place(self, facts, unset=shape.unset_keys).knowing(shape.group_facts)
        return self._place

    def may_be_rowless(self) -> bool:
        """Whether a row may come out although no row passed FROM and WHERE."""
        shape = self.shape
        return (
            self.grouped() and not shape.filled and (shape.empty_group or not self.query.items("groupClause"))
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A point in a query where an expression is evaluated.

    `facts` hold for the rows below, `local` facts for the row at hand, in which the `unset` grouping
    expressions may have been left out by a grouping set. `before` is true where the target of an UPDATE still
    has its old values.
    """

    scope: Scope
    facts: Facts
    local: Facts = NO_FACTS
    unset: frozenset[str] = frozenset()
    before: bool = False

    def knowing(self, facts: Facts) -> Place:
        """The same point, where more is known of the row at hand."""
        if not facts:
            return self
        unset = frozenset(key for key in self.unset if grouped_key(key) not in facts)
        return replace(self, local=self.local | facts | self._of_present(facts), unset=unset)

    def either(self) -> Iterator[tuple[Place, Place]]:
        """For each full join the same point where its left side is there, and where its right side is."""
        known = self.facts | self.local
        for join in self.scope.shape.full_joins:
            outer = self.scope.shape.extensions.get(join.left, ())
            if all(join.right not in each.members or present(known, each.members) for each in outer):
                left, right = (
                    self.knowing(frozenset((present_key(0, side),))) for side in (join.left, join.right)
                )
                yield left, right

    def _of_present(self, facts: Facts) -> Facts:
        """What the conditions of outer joins prove once it is known that they found a row."""
        extensions = (extension for found in self.scope.shape.extensions.values() for extension in found)
        found = NO_FACTS.union(*(each.facts for each in extensions if present(facts, each.members)))
        # They prove it of the rows below, where no grouping set has left anything out.
        return frozenset(fact for fact in found if not self.leaves_out(fact))

    def judge(self, node: Node | None) -> Verdict:
        """Whether an expression can be NULL here."""
        return self.scope.prover.expression(node, self)

    def all_of(self, nodes: Iterable[Node | None], why: str) -> Verdict:
        """Never null if no part is; otherwise the first doubt."""
        doubts = (verdict for verdict in map(self.judge, nodes) if verdict.nullable)
        return next(doubts, never(why))

    def any_of(self, nodes: Iterable[Node | None], doubt: str) -> Verdict:
        """Never null if some part is not."""
        proofs = (verdict for verdict in map(self.judge, nodes) if not verdict.nullable)
        return next(proofs, perhaps(doubt))

    def linked(self, link: Node, select: Node) -> Scope:
        """The sub-select of a SUBLINK."""
        inner = self.scope.subscope(select, ("link", id(link), self.before))
        inner.sees_old_row = self.before
        return inner

    def below(self) -> Place:
        """The rows before grouping, which aggregates see."""
        facts = self.scope.shape.facts | self.local
        return replace(self, facts=facts, local=NO_FACTS, unset=frozenset())

    def proves(self, key: str) -> bool:
        """Whether the expression of that key is known to be non-null here."""
        return key in self.local or (key in self.facts and not self.leaves_out(key))

    def leaves_out(self, key: str) -> bool:
        """Whether an expression contains a grouping expression that may be left out."""
        return any(unset in key for unset in self.unset)


class Prover(Protocol):
    """What the modules ask of each other."""

    catalog: Catalog
    nullable_parameters: frozenset[int]

    def shape(self, scope: Scope) -> Shape:
        """Join structure and facts of a query."""
        ...

    def expression(self, node: Node | None, place: Place) -> Verdict:
        """Whether an expression can be NULL."""
        ...

    def elements(self, node: Node, place: Place) -> Verdict:
        """Whether an element of an array can be NULL."""
        ...

    def column(self, scope: Scope, index: int, attno: int) -> Verdict:
        """Whether a column of a range table entry can be NULL in a row that is really there."""
        ...

    def table_column(self, scope: Scope, oid: int, attno: int, *, inherited: bool, domains: bool) -> Verdict:
        """Whether a stored column can be NULL; `domains` tells whether NOT NULL domains are trusted."""
        ...

    def output(self, scope: Scope, number: int) -> Verdict:
        """Whether the n-th column that comes out of a query can be NULL."""
        ...

    def bounds(self, scope: Scope) -> Bounds:
        """How many rows a query gives."""
        ...

    def input_bounds(self, scope: Scope) -> Bounds:
        """How many rows FROM and WHERE leave."""
        ...

    def entry_bounds(self, scope: Scope, index: int) -> Bounds:
        """How many rows a range table entry gives."""
        ...
