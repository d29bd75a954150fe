"""Reading of a query file: header, parameters, optional clauses and orders become fixed statement texts.

A file is plain SQL that psql runs as it stands. What this module adds lives in comments::

    -- List the maps of a category, newest first.
    -- returns: many
    -- order: newest = m.created_at desc, m.id
    -- order: name = m.map_name, m.id
    select m.id, m.code
    from core.maps as m
    where m.category = :category
      /*[ and m.map_name = :map_name ]*/
    order by m.created_at desc, m.id /*order*/
    limit :size

``:name`` is a bound parameter. ``/*[ … ]*/`` is a clause that is part of the statement only when its
parameters are given. ``/*order*/`` stands behind the default order and marks where another one goes.
Every combination is a text fixed here; no function takes SQL text at run time.
"""

import itertools
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from genjilib.db import header
from genjilib.db.tokens import Clause, OrderSlot, Parameter, Part, Text, flat, joined, split

RESERVED_PARAMETERS: Final = frozenset({"self", "db", "order"})
MAX_VARIANTS: Final = 512

_INSERT: Final = re.compile(
    r"/\*[^*]*\*/\s*insert\s+into\s+([\w.\"]+)\s*(\([^()]*\))\s*values\s*\(([$\d\s,]*)\)\s*", re.IGNORECASE
)


class SqlFileError(Exception):
    """A query file says something that cannot be; ``str()`` is ``path:line:column: sentence``.

    ``more`` holds what else is wrong with the same file.
    """

    def __init__(self, path: str, line: int, column: int, sentence: str) -> None:
        """Remember where in the file at ``path`` (both counted from 1) and what is wrong."""
        super().__init__(f"{path}:{line}:{column}: {sentence}")
        self.path, self.line, self.column, self.sentence = path, line, column, sentence
        self.more: list[SqlFileError] = []

    def __reduce__(self) -> tuple[type["SqlFileError"], tuple[str, int, int, str]]:
        """Let the error come back from another process."""
        return SqlFileError, (self.path, self.line, self.column, self.sentence)

    def all(self) -> "list[SqlFileError]":
        """Return this error and the others of the file, each once, in the order they stand."""
        unique = {str(error): error for error in (self, *self.more)}
        return sorted(unique.values(), key=lambda error: (error.line, error.column))


def raise_all(errors: Iterable[SqlFileError]) -> None:
    """Raise the first of ``errors``, with the others behind it; do nothing when there are none."""
    found = list(errors)
    if found:
        found[0].more = found[1:]
        raise found[0]


@dataclass(frozen=True, slots=True)
class Key:
    """Which of a file's texts: the chosen order and the optional clauses (by position) that are in."""

    order: str | None = None
    clauses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Compiled:
    """One fixed text in PostgreSQL's own form: ``$1`` for the first of ``parameters`` and so on."""

    text: str
    parameters: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...] = field(repr=False)

    def source_offset(self, offset: int) -> int:
        """Return where in the file the character ``offset`` of ``text`` comes from."""
        start, origin = max((pair for pair in self.offsets if pair[0] <= offset), default=(0, 0))
        return origin + offset - start

    def within(self, before: str, behind: str) -> "Compiled":
        """Return this text with SQL around it."""
        offsets = tuple((start + len(before), origin) for start, origin in self.offsets)
        return Compiled(f"{before}{self.text}{behind}", self.parameters, offsets)


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A parsed query file; ``name`` is ``domain.verb``, ``path`` is relative to the folder of queries."""

    path: str
    source: str
    doc: str
    directives: dict[str, str]
    orders: dict[str, str]
    parts: tuple[Part, ...]
    offsets: dict[str, int] = field(default_factory=dict[str, int])
    """Where each directive stands."""

    @property
    def name(self) -> str:
        """The query's name in Python, logs, metrics and pg_stat_statements: ``domain.verb``."""
        return name_of(self.path)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The optional clauses in the order they stand."""
        return tuple(part for part in self.parts if isinstance(part, Clause))

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters in the order of their first appearance."""
        return tuple(dict.fromkeys(part.name for part in flat(self.parts) if isinstance(part, Parameter)))

    @property
    def optional(self) -> frozenset[str]:
        """The parameters that stand in optional clauses only."""
        always = {part.name for part in self.parts if isinstance(part, Parameter)}
        return frozenset(self.parameters) - always

    @property
    def said_null(self) -> frozenset[str]:
        """The parameters that the header says take null."""
        return self._names("null")

    @property
    def alone(self) -> frozenset[str]:
        """The parameters whose clauses come without any others."""
        return self._names("alone")

    def _names(self, directive: str) -> frozenset[str]:
        said = self.directives.get(directive, "").split(",")
        return frozenset(name.strip() for name in said if name.strip())

    def variants(self) -> Iterator[Key]:
        """Yield every combination of order and optional clauses."""
        alone = [group for group in self.together() if self.is_alone(group)]
        free = [group for group in self.together() if not self.is_alone(group)]
        for order in self.orders or (None,):
            for size in range(len(free) + 1):
                for chosen in itertools.combinations(free, size):
                    yield Key(order, frozenset(itertools.chain.from_iterable(chosen)))
            for group in alone:
                yield Key(order, frozenset(group))

    def is_alone(self, group: list[int]) -> bool:
        """Whether these clauses, one of ``together``, come without any others."""
        return not self.alone.isdisjoint(self.clauses[group[0]].names)

    def together(self) -> list[list[int]]:
        """Return the numbers of the optional clauses, those side by side that have the same parameters."""
        found: dict[frozenset[str], list[int]] = {}
        for index, clause in enumerate(self.clauses):
            found.setdefault(frozenset(clause.names), []).append(index)
        return list(found.values())

    def compile(self, key: Key = Key()) -> Compiled:  # frozen
        """Return the statement text of one combination."""
        return _compile(self, key)

    def place(self, offset: int) -> str:
        """Return ``path:line`` of the character at ``offset`` of the file."""
        return f"sql/queries/{self.path}:{self.source.count(chr(10), 0, offset) + 1}"

    def error(self, offset: int, sentence: str) -> SqlFileError:
        """Return an error about the character at ``offset`` of the file."""
        line = self.source.count("\n", 0, offset) + 1
        column = offset - (self.source.rfind("\n", 0, offset) + 1) + 1
        where = f"sql/queries/{self.path}" if self.path else "query"
        return SqlFileError(where, line, column, sentence)

    def wrong(self, directive: str, sentence: str) -> SqlFileError:
        """Return an error about a directive of the header, or about the header where it is missing."""
        return self.error(self.offsets.get(directive, 0), sentence)


def name_of(path: str) -> str:
    """Return the name of the query in the file at ``path``."""
    return path.removesuffix(".sql").replace("/", ".")


def at_alias(file: QueryFile, alias: str, sentence: str) -> SqlFileError:
    """Return an error about a result column, at its alias where that can be found."""
    quoted = file.source.rfind(f'"{alias}"')
    plain = [found.start() for found in re.finditer(rf"\b{re.escape(alias)}\b", file.source)]
    return file.error(quoted if quoted >= 0 else plain[-1] if plain else 0, sentence)


def parse(path: str, source: str) -> QueryFile:
    """Parse the text of the file at ``path``; raise ``SqlFileError`` when it breaks a rule."""
    head = header.read(source)
    doc = "\n".join(head.doc).strip()
    blank = QueryFile(path, source, doc, head.directives, head.orders, (), head.offsets)
    errors = [blank.error(offset, sentence) for offset, sentence in head.problems]
    try:
        parts = split(source, head.end, blank.error, strict=True)
    except SqlFileError as error:
        error.more = errors
        raise
    file = replace(blank, parts=parts)
    raise_all([*errors, *_problems(file)])
    return replace(file, parts=joined(parts))


def parse_any(source: str) -> QueryFile:
    """Parse SQL text that need not keep the rules of query files: no header, parameters written ``$1``."""
    blank = QueryFile("", source, "", {}, {}, ())
    return replace(blank, parts=split(source, 0, blank.error, strict=False))


def copy_target(file: QueryFile) -> str:
    """Return ``table (columns)`` of an insert that COPY can do; raise ``SqlFileError`` for any other."""
    compiled = file.compile(next(file.variants()))
    found = _INSERT.fullmatch(compiled.text)
    numbers = [f"${number}" for number in range(1, len(compiled.parameters) + 1)]
    if found is None or [part.strip() for part in found[3].split(",")] != numbers:
        sentence = "COPY adds rows by 'insert into table (column, …) values (:parameter, …)' and nothing more"
        raise file.wrong("returns", sentence)
    return f"{found[1]} {found[2]}"


def _problems(file: QueryFile) -> Iterator[SqlFileError]:
    if not file.doc:
        yield file.error(0, "the first comment must say in a sentence what the query does")
    if not file.parts:
        yield file.error(0, "there is no statement in this file")
    for part in flat(file.parts):
        if isinstance(part, Text) and part.sql == ";":
            yield file.error(part.offset, "one statement a file: nothing may follow ';'")
            break
        if isinstance(part, Parameter) and (part.name in RESERVED_PARAMETERS or keyword.iskeyword(part.name)):
            yield file.error(part.offset, f'a parameter cannot be called "{part.name}" in Python')
    yield from _clause_problems(file)
    yield from _order_problems(file)


def _clause_problems(file: QueryFile) -> Iterator[SqlFileError]:
    for clause in file.clauses:
        if not clause.names & file.optional:
            sentence = "an optional clause needs a parameter that stands in no other part"
            yield file.error(clause.offset, sentence)
    for name in sorted(file.alone - file.optional):
        yield file.wrong("alone", f'no optional clause has a parameter "{name}"')
    groups = file.together()
    alone = sum(map(file.is_alone, groups))
    count = max(1, len(file.orders)) * (2 ** (len(groups) - alone) + alone)
    if count > MAX_VARIANTS:
        yield file.error(0, f"{count} combinations of clauses and orders; at most {MAX_VARIANTS} are allowed")


def _order_problems(file: QueryFile) -> Iterator[SqlFileError]:
    slots = [part for part in file.parts if isinstance(part, OrderSlot)]
    if file.orders and len(slots) != 1:
        yield file.wrong("order", "a file with '-- order:' lines marks one place with /*order*/")
    elif slots and not file.orders:
        yield file.error(slots[0].offset, "/*order*/ needs '-- order: name = …' lines in the header")
    elif slots:
        name, first = next(iter(file.orders.items()))
        if " ".join(first.split()) != " ".join(slots[0].default.split()):
            sentence = f'the text before /*order*/ must be that of the first order, "{name}"'
            yield file.error(slots[0].offset, sentence)


def _compile(file: QueryFile, key: Key) -> Compiled:
    pieces = [f"/* {file.name} */ "] if file.path else [""]
    length = len(pieces[0])
    offsets: list[tuple[int, int]] = []
    numbers: dict[str, int] = {}
    clause_index = -1
    for part in file.parts:
        if isinstance(part, Clause):
            clause_index += 1
            chosen = part.parts if clause_index in key.clauses else ()
        elif isinstance(part, OrderSlot):
            chosen = (Text(part.offset, f" {file.orders[key.order]} " if key.order else f" {part.default} "),)
        else:
            chosen = (part,)
        for piece in chosen:
            sql = (
                piece.sql
                if isinstance(piece, Text)
                else f"${numbers.setdefault(piece.name, len(numbers) + 1)}"
            )
            offsets.append((length, piece.offset))
            pieces.append(sql)
            length += len(sql)
    return Compiled("".join(pieces), tuple(numbers), tuple(offsets))
