"""The pieces of a query file: SQL, parameters, optional clauses and the place of the order."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from genjilib.db.header import WORDS

_DIRECTIVE: Final = re.compile(rf"--\s*({'|'.join(WORDS)})\s*:")
_TOKEN: Final = re.compile(
    r"""
      (?P<line_comment> --[^\n]* )
    | (?P<optional>     /\*\[ )
    | (?P<order>        /\*order\*/ )
    | (?P<comment>      /\* )
    | (?P<escape>       (?<![A-Za-z0-9_$])[eE]'(?:[^'\\]|\\.|'')*' )
    | (?P<string>       '(?:[^']|'')*' )
    | (?P<quoted>       "(?:[^"]|"")*" )
    | (?P<dollar>       (?<![A-Za-z0-9_$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$ )
    | (?P<cast>         ::|:= )
    | (?P<parameter>    (?<![\w)\]:]):(?P<name>[A-Za-z_]\w*) )
    | (?P<text>         [^\W\d][\w$]*|[^\S\n]+|[^'"] )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of SQL that every statement text carries as it is."""

    offset: int
    sql: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A place where a bound value goes."""

    offset: int
    name: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that is present only when its parameters are given."""

    offset: int
    parts: tuple[Text | Parameter, ...]

    @property
    def names(self) -> frozenset[str]:
        """The parameters inside the clause."""
        return frozenset(part.name for part in self.parts if isinstance(part, Parameter))


@dataclass(frozen=True, slots=True)
class OrderSlot:
    """The place of the order; ``default`` is the text that stands there."""

    offset: int
    default: str


Part = Text | Parameter | Clause | OrderSlot

Error = Callable[[int, str], Exception]
"""Makes the error about the character at an offset: what is wrong there is said by a sentence."""


def split(source: str, start: int, error: Error, *, strict: bool) -> tuple[Part, ...]:
    """Return the pieces of ``source`` behind ``start``, words and signs each their own, or raise ``error``.

    A ``strict`` file has no directives in its comments there.
    """
    return _trimmed(tuple(_parts(source, start, error, strict=strict, top=True)))


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Make one stretch of those that follow each other in the file: texts are put together sooner."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Clause):
            inside = tuple(p for p in joined(part.parts) if isinstance(p, Text | Parameter))
            found.append(Clause(part.offset, inside))
        elif isinstance(last, Text) and isinstance(part, Text) and part.offset == last.offset + len(last.sql):
            found[-1] = Text(last.offset, last.sql + part.sql)
        else:
            found.append(part)
    return tuple(found)


def flat(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the pieces, those inside optional clauses too."""
    for part in parts:
        if isinstance(part, Clause):
            yield from part.parts
        else:
            yield part


def _parts(source: str, start: int, error: Error, *, strict: bool, top: bool) -> Iterator[Part]:
    position = start
    while position < len(source):
        if not top and source.startswith("]*/", position):
            return
        token = _TOKEN.match(source, position)
        if token is None:
            raise error(position, "this quote is never closed")
        kind = token.lastgroup
        if kind == "optional":
            if not top:
                raise error(position, "an optional clause cannot hold another one")
            parts = tuple(_parts(source, token.end(), error, strict=strict, top=False))
            position = _clause_end(source, token.end(), parts, error)
            yield Clause(token.start(), tuple(p for p in parts if isinstance(p, Text | Parameter)))
            continue
        if kind == "comment":
            position = _comment_end(source, position, error)
            yield Text(token.start(), " ")
            continue
        if kind == "line_comment" and strict and (found := _DIRECTIVE.match(source, position)):
            raise error(position, f"'-- {found[1]}:' belongs to the first comment of the file")
        position = token.end()
        yield from _simple(token, kind)


def _simple(token: re.Match[str], kind: str | None) -> Iterator[Part]:
    if kind == "parameter":
        yield Parameter(token.start(), token["name"])
    elif kind == "order":
        yield OrderSlot(token.start(), "")
    elif kind != "line_comment":
        yield Text(token.start(), token[0])


def _comment_end(source: str, start: int, error: Error) -> int:
    depth, position = 0, start
    while position < len(source):
        if source.startswith("/*", position):
            depth, position = depth + 1, position + 2
        elif source.startswith("*/", position):
            depth, position = depth - 1, position + 2
            if depth == 0:
                return position
        else:
            position += 1
    raise error(start, "this comment is never closed")


def _clause_end(source: str, start: int, parts: Sequence[Part], error: Error) -> int:
    last = parts[-1] if parts else None
    position = start
    if isinstance(last, Text):
        position = last.offset + len(last.sql)
    elif isinstance(last, Parameter):
        position = last.offset + len(last.name) + 1
    end = source.find("]*/", position)
    if end < 0:
        raise error(start - 3, "this optional clause is never closed by ]*/")
    return end + 3


def _trimmed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Drop the header's line ends and the closing semicolon, and give the order slot its default text."""
    kept = list(parts)
    while kept and isinstance(kept[0], Text) and not kept[0].sql.strip():
        kept.pop(0)
    while kept and isinstance(kept[-1], Text) and kept[-1].sql.strip() in ("", ";"):
        kept.pop()
    slots = [index for index, part in enumerate(kept) if isinstance(part, OrderSlot)]
    for index in slots:
        start = _order_by(kept, index)
        default = "".join(part.sql for part in kept[start:index] if isinstance(part, Text)).strip()
        kept[start : index + 1] = [OrderSlot(kept[start].offset if start < index else 0, default)]
        break
    return tuple(kept)


def _order_by(parts: Sequence[Part], slot: int) -> int:
    for index in range(slot - 1, -1, -1):
        part = parts[index]
        if isinstance(part, Text) and part.sql.lower() == "by":
            return index + 1
    return slot
