"""The first comment of a query file: a docstring, and directives of the form ``-- word: …``."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

RETURNS: Final = ("one", "maybe", "many", "stream", "scalar", "value", "count", "batch", "copy", "none")

_DIRECTIVE: Final = re.compile(r"--\s*([A-Za-z][\w-]*)\s*:(?:\s+(.*)|)\s*")
_NAMES: Final = re.compile(r"[a-z_]\w*(\s*,\s*[a-z_]\w*)*")
_TABLES: Final = re.compile(r"[a-z_]\w*\.[a-z_]\w*(\s*,\s*[a-z_]\w*\.[a-z_]\w*)*")
_TYPES: Final = re.compile(r"\w+\s*=\s*[\w.\[\]]+(\s*,\s*\w+\s*=\s*[\w.\[\]]+)*")
_ORDER: Final = re.compile(r"([a-z_]\w*)\s*=\s*(\S.*)")

_SHAPES: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "returns": (re.compile(r"\w+"), "one word"),
    "writes": (_TABLES, "tables with their schemas, such as core.maps, maps.creators"),
    "null": (_NAMES, "names of parameters"),
    "alone": (_NAMES, "names of parameters"),
    "row": (re.compile(r"[A-Z]\w*"), "the name of a class, such as MapResponse"),
    "type": (_TYPES, "column = Type"),
    "order": (_ORDER, "name = expressions"),
    "scan": (re.compile(r"\S.*"), "a reason"),
    "slow": (re.compile(r"\S.*"), "a reason"),
}
"""What may stand behind each word, as a pattern and for the error message."""

WORDS: Final = tuple(_SHAPES)

_LISTS: Final = frozenset({"writes", "null", "alone", "type"})
"""Directives that may be spread over several lines."""


def closest(word: str, known: Sequence[str]) -> str:
    """Return `` — did you mean "…"?`` with the closest of ``known``, or nothing when none is close."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f' — did you mean "{found[0]}"?' if found else ""


@dataclass(slots=True)
class Header:
    """What the first comment says; ``offsets`` tells where each directive stands."""

    end: int = 0
    doc: list[str] = field(default_factory=list[str])
    directives: dict[str, str] = field(default_factory=dict[str, str])
    orders: dict[str, str] = field(default_factory=dict[str, str])
    offsets: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def read(source: str) -> Header:
    """Read the header of a file; what is wrong with it is listed in ``problems`` as (offset, sentence)."""
    header = Header()
    for offset, line in _lines(source):
        found = _DIRECTIVE.fullmatch(line)
        if found is None or (found[1][0].isupper() and found[1].lower() not in _SHAPES):
            header.doc.append(line.removeprefix("--").strip())
        else:
            _directive(header, offset + found.start(1), found[1], (found[2] or "").strip())
        header.end = offset + len(line)
    return header


def _lines(source: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in source.splitlines(keepends=True):
        if not line.startswith("--"):
            return
        yield offset, line.rstrip()
        offset += len(line)


def _directive(header: Header, offset: int, word: str, text: str) -> None:
    problem: Callable[[str], None] = lambda sentence: header.problems.append((offset, sentence))  # noqa: E731
    if word not in _SHAPES:
        words = ", ".join(_SHAPES)
        problem(f'there is no directive "{word}"{closest(word.lower(), list(_SHAPES))} (known are {words})')
        return
    pattern, shape = _SHAPES[word]
    header.offsets.setdefault(word, offset)
    if pattern.fullmatch(text) is None:
        problem(f"'-- {word}:' takes {shape}")
    elif word == "returns" and text not in RETURNS:
        problem(f'nothing returns "{text}"{closest(text, RETURNS)} (known are {", ".join(RETURNS)})')
    elif word == "order":
        _order(header, text, problem)
    elif word in header.directives and word not in _LISTS:
        problem(f"'-- {word}:' stands twice")
    else:
        before = header.directives.get(word)
        header.directives[word] = f"{before}, {text}" if before else text


def _order(header: Header, text: str, problem: Callable[[str], None]) -> None:
    found = _ORDER.fullmatch(text)
    name, expressions = (found[1], found[2]) if found else ("", "")
    if name in header.orders:
        problem(f'the order "{name}" stands twice')
    header.orders[name] = expressions
