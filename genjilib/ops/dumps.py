"""Reading what pg_dump wrote: the rows of each table, as COPY text, and where the sequences stood.

Nothing of a dump is executed: its schema, functions and settings are passed over.
"""

import asyncio
import re
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from genjilib.core.errors import Invalid, NotFound
from genjilib.ops.backup.dump import finishing
from genjilib.ops.postgres import program

Advance = Callable[[int], None]

BLOCK: Final = 1 << 20
"""Bytes read at once."""

_COPY = re.compile(rb"COPY (.+?) \((.*)\) FROM stdin;")
_SETVAL = re.compile(rb"SELECT pg_catalog\.setval\('(.+)', (\d+), (true|false)\);")
_ENCODING = re.compile(rb"SET client_encoding = '(.+)';")
_NAME = re.compile(r'"((?:[^"]|"")+)"|([^",.\s]+)')
_LAST = b"-- PostgreSQL database dump complete"


class Table(NamedTuple):
    """A table, ``schema.name``, and the columns of the rows that follow."""

    name: str
    columns: tuple[str, ...]


class Sequence(NamedTuple):
    """Where a sequence stood; ``called`` tells whether ``value`` was given out."""

    name: str
    value: int
    called: bool


Part = Table | Sequence | bytes
"""A table, then blocks of whole rows of it and an empty block at their end; or a sequence."""


async def read(path: Path, major: int, advance: Advance) -> AsyncGenerator[Part]:
    """Yield the parts of a dump, in whichever format; ``major`` is the version of the server it is for.

    ``advance`` is called with the bytes read. Raises ``NotFound`` when there is no such file and ``Invalid``
    when it is no dump, one of INSERT statements or of another encoding, or is cut off.
    """
    reader = _Reader(path)
    async for block in _archive(path, major) if is_archive(path) else _plain(path):
        advance(len(block))
        for part in reader.feed(block):
            yield part
    reader.finish()


def is_archive(path: Path) -> bool:
    """Tell whether a dump has one of the formats that pg_restore reads, and not that of plain SQL.

    Raises ``NotFound`` when there is no such file.
    """
    if not path.exists():
        raise NotFound(f"There is no file {path}.", code="no-dump")
    if path.is_dir():
        return True
    with path.open("rb") as file:
        head = file.read(262)
    return head.startswith(b"PGDMP") or head.endswith(b"ustar")


async def _plain(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while block := await asyncio.to_thread(file.read, BLOCK):
            yield block


async def _archive(path: Path, major: int) -> AsyncIterator[bytes]:
    process = await asyncio.create_subprocess_exec(
        program("pg_restore", major), "--data-only", "--file=-", str(path), stdout=PIPE, stderr=PIPE
    )
    async with finishing(process) as said:
        assert process.stdout is not None
        while block := await process.stdout.read(BLOCK):
            yield block
    if process.returncode != 0:
        raise Invalid(f"pg_restore cannot read {path}: {said()}", code="bad-dump")


class _Reader:
    """Cuts the text of a dump, fed in blocks, into its parts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest: bytes = b""
        self._inside = False
        self._tables = 0
        self._complete = False

    def feed(self, block: bytes) -> Iterator[Part]:
        """Yield what has become whole with this block."""
        self._rest += block
        while True:
            before = len(self._rest)
            yield from self._rows() if self._inside else self._statements()
            if len(self._rest) == before:
                return

    def finish(self) -> None:
        """Raise ``Invalid`` unless all of a dump was seen."""
        if self._rest.startswith(_LAST):
            self._complete = True
        if self._inside or (self._tables and not self._complete):
            raise self._bad("ends too early: it is only a part of a dump")
        if not self._tables:
            raise self._bad("holds no rows that pg_dump wrote with COPY, its default")

    def _rows(self) -> Iterator[Part]:
        """Yield the rows that are whole, and the empty block after the last."""
        end = 0 if self._rest.startswith(b"\\.\n") else self._rest.find(b"\n\\.\n") + 1
        self._inside = not (end or self._rest.startswith(b"\\.\n"))
        cut = self._rest.rfind(b"\n") + 1 if self._inside else end
        rows, self._rest = self._rest[:cut], self._rest[cut:]
        if rows:
            yield rows
        if not self._inside:
            self._rest = self._rest[3:]
            yield b""

    def _statements(self) -> Iterator[Part]:
        """Pass over statements up to the first that means something here, and yield it."""
        start = 0
        while (end := self._rest.find(b"\n", start)) >= 0:
            line = self._rest[start:end].rstrip(b"\r")
            start = end + 1
            part = self._part(line)
            if part is not None:
                self._rest = self._rest[start:]
                yield part
                return
        self._rest = self._rest[start:]

    def _part(self, line: bytes) -> Part | None:
        if found := _COPY.fullmatch(line):
            self._inside = True
            self._tables += 1
            return Table(".".join(_names(found[1])), tuple(_names(found[2])))
        if found := _SETVAL.fullmatch(line):
            return Sequence(found[1].decode().replace("''", "'"), int(found[2]), found[3] == b"true")
        if (found := _ENCODING.fullmatch(line)) and found[1] != b"UTF8":
            raise self._bad(f"is in {found[1].decode()}: make it with pg_dump --encoding=UTF8")
        self._complete |= line == _LAST
        return None

    def _bad(self, why: str) -> Invalid:
        return Invalid(f"{self._path} {why}.", code="bad-dump")


def _names(text: bytes) -> list[str]:
    """Return the names of a list or of a dotted name, without their quotes."""
    found = _NAME.finditer(text.decode())
    return [each[1].replace('""', '"') if each[1] else each[2] for each in found]
