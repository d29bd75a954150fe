"""The words of the proofs: verdicts, facts, bounds, and PostgreSQL's own codes."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

Facts: TypeAlias = frozenset[str]
"""Keys of expressions known to be non-null, and `present_key`s of relations known not to be null-extended."""

NO_FACTS: Final[Facts] = frozenset()


class Verdict(NamedTuple):
    """What was found out about an expression, with a short sentence for a person."""

    nullable: bool
    why: str


def never(why: str) -> Verdict:
    """Proved: never NULL."""
    return Verdict(nullable=False, why=why)


def perhaps(why: str) -> Verdict:
    """Not proved: may be NULL."""
    return Verdict(nullable=True, why=why)


class Bounds(NamedTuple):
    """How many rows come back: at least 0 or 1, at most 1 or (None) any number."""

    least: int
    most: int | None


class Command(IntEnum):
    """`commandType` of a query."""

    SELECT = 1
    UPDATE = 2
    INSERT = 3
    DELETE = 4
    MERGE = 5


class Rte(IntEnum):
    """`rtekind` of a range table entry."""

    RELATION = 0
    SUBQUERY = 1
    JOIN = 2
    FUNCTION = 3
    TABLE_FUNCTION = 4
    VALUES = 5
    CTE = 6
    RESULT = 8
    GROUP = 9


class Link(IntEnum):
    """`subLinkType` of a SUBLINK."""

    EXISTS = 0
    ALL = 1
    ANY = 2
    ROW_COMPARE = 3
    EXPRESSION = 4
    MULTIPLE = 5
    ARRAY = 6


class Join(IntEnum):
    """`jointype` of a JOINEXPR."""

    INNER = 0
    LEFT = 1
    FULL = 2
    RIGHT = 3


def present_key(level: int, varno: int) -> str:
    """The fact that a relation is there: its row is not the null row of an outer join."""
    return f"r{level}.{varno};"


def grouped_key(key: str) -> str:
    """The fact that no grouping set left out the expression of that key."""
    return f"g{key}"


def present(facts: Facts, members: frozenset[int]) -> bool:
    """Whether some relation out of several is known to be there."""
    return any(present_key(0, index) in facts for index in members)


def outward(facts: Facts) -> Facts:
    """Facts of a sub-select about the columns of the query around it, in that query's own terms."""
    found: set[str] = set()
    for fact in facts:
        letter, level, rest = fact[0], *fact[1:].partition(".")[::2]
        if letter in "vr" and level.isdigit() and int(level) > 0:
            found.add(f"{letter}{int(level) - 1}.{rest}")
    return frozenset(found)
