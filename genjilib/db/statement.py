"""Statements: what a generated query is at run time, and the few ways its rows come back.

A generated class per query adds the typed ``__call__``; everything else is here. A statement knows its
texts (one for each combination of optional clauses and orders), how to encode its parameters and how to build
a row from positional values. All of it is decided when the module is imported.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import msgspec
from psycopg import pq
from psycopg.abc import Transformer

from genjilib.db import scan
from genjilib.db.encode import Encoder, encoder_for

Row = msgspec.Struct
RowT = TypeVar("RowT")

_HERE: Final = Path(__file__).parent.parent
SQL_ROOT: Final = next(path for path in (_HERE / "sql", _HERE.parent / "sql") if path.is_dir())


class Text:
    """One prepared text: its name on the server, its bytes and the positions of its parameters."""

    __slots__ = ("compiled", "name", "parameters", "sql")

    def __init__(self, name: str, compiled: scan.Compiled, names: Sequence[str]) -> None:
        """Fix the text of ``compiled``; ``names`` are all parameters of the statement in their order."""
        self.name = name.encode()
        self.sql = compiled.text.encode()
        self.compiled = compiled
        self.parameters = tuple(names.index(name) for name in compiled.parameters)


Answer: TypeAlias = tuple[pq.abc.PGresult, Transformer]
"""What an executor gives back: libpq's result and the connection's converter for this statement."""


class Executor(Protocol):
    """What can run a statement: the database itself, or an open transaction."""

    async def execute(
        self, statement: "Statement[Any]", text: Text, parameters: list[bytes | None]
    ) -> Answer:
        """Run one text with encoded parameters; raise one of the eight errors, or the driver's own."""
        ...


AnyStatement: TypeAlias = "Statement[Any]"


class RowCountError(Exception):
    """A statement that promises exactly one row returned none or several: a bug in the statement."""


class Statement(Generic[RowT]):
    """A query file at run time; subclasses add the typed call."""

    def __init__(
        self,
        path: str,
        row: Callable[..., Any],
        parameters: dict[str, str],
        columns: dict[str, str],
        *,
        scalar: bool = False,
    ) -> None:
        """Read ``path`` below sql/queries and fix every text of it.

        ``row`` takes the values of a row by position; ``parameters`` and ``columns`` map names to PostgreSQL
        types. A ``?`` behind a parameter's type says that null is a value (elsewhere an optional ``None``
        means "not given").
        """
        self.file = scan.parse(path, (SQL_ROOT / "queries" / path).read_text())
        self.name = self.file.name
        self.reads = "writes" not in self.file.directives
        self.shared = self.reads and "slow" not in self.file.directives
        """Whether it may travel on a connection with others, who would wait for it."""
        self.columns = columns
        names = tuple(parameters)
        self._encoders: tuple[Encoder, ...] = tuple(
            encoder_for(kind.rstrip("?")) for kind in parameters.values()
        )
        self._nullable = tuple(kind.endswith("?") for kind in parameters.values())
        self._texts = {key: Text(_server_name(self.name, i), self.file.compile(key), names)
                       for i, key in enumerate(self.file.variants())}  # fmt: skip
        self._plain = self._texts[next(iter(self._texts))]
        self._clauses = tuple(tuple(names.index(n) for n in clause.names) for clause in self.file.clauses)
        self._row: Callable[[Sequence[Any]], RowT] = (lambda v: v[0]) if scalar else (lambda v: row(*v))

    @property
    def texts(self) -> dict[scan.Key, Text]:
        """Every fixed text of the statement, for planning and checking."""
        return self._texts

    def _prepare(self, values: Sequence[Any], order: str | None) -> tuple[Text, list[bytes | None]]:
        text = self._plain if not self._clauses and order is None else self._texts[self._key(values, order)]
        encoders = self._encoders
        return text, [None if (v := values[i]) is None else encoders[i](v) for i in text.parameters]

    def _key(self, values: Sequence[Any], order: str | None) -> scan.Key:
        present = (i for i, names in enumerate(self._clauses) if all(self._given(values, n) for n in names))
        return scan.Key(order, frozenset(present))

    def _given(self, values: Sequence[Any], index: int) -> bool:
        value = values[index]
        return value is not msgspec.UNSET and (value is not None or self._nullable[index])

    async def _many(self, db: Executor, values: Sequence[Any], order: str | None = None) -> list[RowT]:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        return transformer.load_rows(0, result.ntuples, self._row)

    async def _maybe(self, db: Executor, values: Sequence[Any], order: str | None = None) -> RowT | None:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        if result.ntuples > 1:
            raise RowCountError(f"{self.name} returned {result.ntuples} rows, at most one was promised")
        return transformer.load_row(0, self._row) if result.ntuples else None

    async def _one(self, db: Executor, values: Sequence[Any], order: str | None = None) -> RowT:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        if result.ntuples != 1:
            raise RowCountError(f"{self.name} returned {result.ntuples} rows, exactly one was promised")
        return transformer.load_row(0, self._row)

    async def _value(self, db: Executor, values: Sequence[Any], order: str | None = None) -> Any:
        """Return the first column of the only row; ``None`` when there is no row."""
        result, transformer = await db.execute(self, *self._prepare(values, order))
        return transformer.load_row(0, self._row) if result.ntuples else None

    async def _only(self, db: Executor, values: Sequence[Any], order: str | None = None) -> Any:
        """Return the first column of exactly one row."""
        return await self._one(db, values, order)

    async def _count(self, db: Executor, values: Sequence[Any], order: str | None = None) -> int:
        result, _ = await db.execute(self, *self._prepare(values, order))
        return result.command_tuples or 0

    async def _nothing(self, db: Executor, values: Sequence[Any], order: str | None = None) -> None:
        await db.execute(self, *self._prepare(values, order))


def _server_name(name: str, index: int) -> str:
    """Name a prepared statement within PostgreSQL's 63 bytes."""
    return f"{name[:57]}.{index}" if index else name[:63]
