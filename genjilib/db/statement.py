"""Statements: what a generated query is at run time, and the few ways its rows come back.

A generated class per query adds the typed ``__call__``; everything else is here. A statement knows its
texts (one for each combination of optional clauses and orders), how to encode its parameters and how to build
a row from positional values. None of it depends on what is asked: a file is read at the first use of its
statement, and each text is put together at its own, so that importing hundreds of queries costs little.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import starmap
from pathlib import Path
from types import UnionType
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UNSET
from msgspec.structs import fields
from psycopg import pq
from psycopg.abc import Transformer

from genjilib.core.json import Json
from genjilib.db import scan, wire
from genjilib.db.encode import Encoder, copied, encoder_for
from genjilib.db.python_types import JSON

Row = msgspec.Struct
RowT = TypeVar("RowT")

_FETCHED: Final = 500
"""How many rows of a stream are in memory at once."""


def sql_root(module: str) -> Path:
    """Return the folder ``sql`` of a generated module: beside its package, or a folder above that."""
    package = Path(module).parent.parent
    return next(path for path in (package / "sql", package.parent / "sql") if path.is_dir())


SQL_ROOT: Final = sql_root(f"{Path(__file__).parent.parent}/queries/__init__.py")


class Text:
    """One prepared text: its name on the server, its bytes and the positions of its parameters."""

    __slots__ = ("compiled", "name", "parameters", "sql", "wrapped")

    def __init__(self, name: str, compiled: scan.Compiled, parameters: tuple[int, ...]) -> None:
        """Fix the text of ``compiled``; ``parameters`` are their positions among the statement's."""
        self.name = name.encode()
        self.sql = compiled.text.encode()
        self.compiled = compiled
        self.parameters = parameters
        self.wrapped: Text | None = None
        """The text that gives the same rows as JSON, made when it is first wanted."""

    def around(self, before: str, behind: str = "") -> "Text":
        """Return this text with SQL around it."""
        return Text(self.name.decode(), self.compiled.within(before, behind), self.parameters)

    def instead(self, sql: str) -> "Text":
        """Return another text about the same rows, without parameters."""
        return Text(self.name.decode(), scan.Compiled(sql, (), ()), ())


Answer: TypeAlias = tuple[pq.abc.PGresult, Transformer]
"""What an executor gives back: libpq's result and the connection's converter for this statement."""


class Executor(Protocol):
    """What can run a statement: the database itself, or an open transaction."""

    async def execute(
        self, statement: "Statement[Any]", text: Text, parameters: list[bytes | None]
    ) -> Answer:
        """Run one text with encoded parameters; raise one of the eight errors, or the driver's own."""
        ...


class Transaction(Executor, Protocol):
    """What takes several steps runs on an open transaction only."""

    def stream(
        self, statement: "Statement[Any]", text: Text, parameters: list[bytes | None], size: int
    ) -> AsyncIterator[Answer]:
        """Give the rows of a text, ``size`` at a time."""
        ...

    async def batch(self, statement: "Statement[Any]", text: Text, rows: Iterable[list[bytes | None]]) -> int:
        """Run one text with each of ``rows``; return how many rows were written."""
        ...

    async def copy_in(
        self, statement: "Statement[Any]", text: Text, target: str, lines: Iterable[bytes]
    ) -> int:
        """Add lines of COPY's text format to the ``target`` of an insert; return how many there were."""
        ...

    def copy_out(self, statement: "Statement[Any]", text: Text) -> AsyncIterator[bytes]:
        """Give the rows of a text as blocks of CSV with a header line."""
        ...


AnyStatement: TypeAlias = "Statement[Any]"


class RowCountError(Exception):
    """A statement that promises exactly one row returned none or several: a bug in the statement."""


class Statement(Generic[RowT]):
    """A query file at run time; subclasses add the typed call."""

    def __init__(
        self,
        root: Path,
        path: str,
        row: Callable[..., Any],
        parameters: dict[str, str],
        columns: dict[str, str],
        *,
        scalar: bool = False,
        nested: Mapping[str, Any] | None = None,
        insides: Mapping[str, wire.Inside] | None = None,
    ) -> None:
        """Stand for the file ``path`` below the ``queries`` of the folder ``root``.

        ``row`` takes the values of a row by position; ``parameters`` and ``columns`` map names to PostgreSQL
        types. A ``?`` behind a parameter's type says that null is a value (elsewhere an optional ``None``
        means "not given"). ``nested`` gives the types of what columns of JSON and of rows hold.
        """
        self.name = scan.name_of(path)
        self.parameters = parameters
        self.columns = columns
        self._insides = insides or {}
        self._folder, self._path = root / "queries", path
        self._encoders: tuple[Encoder, ...] = tuple(
            encoder_for(kind.rstrip("?")) for kind in parameters.values()
        )
        self._nullable = tuple(kind.endswith("?") for kind in parameters.values())
        self._texts: dict[scan.Key, Text] = {}
        self._choices: dict[tuple[str | int | None, ...], Text] = {}
        self._row: Callable[[Sequence[Any]], RowT] = (lambda v: v[0]) if scalar else (lambda v: row(*v))
        if nested:
            kinds = ((nested.get(name), type_name in JSON) for name, type_name in columns.items())
            self._row = _filled(self._row, [_builder(kind, in_json=in_json) for kind, in_json in kinds])
        make = row if not scalar and not nested else None
        self._rows: Callable[[list[tuple[Any, ...]]], list[RowT]] = (
            (lambda found: list(starmap(make, found))) if make else (lambda found: [*map(self._row, found)])
        )

    @cached_property
    def file(self) -> scan.QueryFile:
        """The file; what it says of parameters and columns is in the generated module already."""
        return scan.parse(self._path, (self._folder / self._path).read_text())

    @cached_property
    def reads(self) -> bool:
        """Whether it only reads."""
        return "writes" not in self.file.directives

    @cached_property
    def shared(self) -> bool:
        """Whether it may travel on a connection with others, who would wait for it."""
        return self.reads and "slow" not in self.file.directives

    @property
    def texts(self) -> dict[scan.Key, Text]:
        """Every fixed text of the statement, for planning and checking."""
        return {key: self._text(key) for key in self._numbers}

    @cached_property
    def _numbers(self) -> dict[scan.Key, int]:
        """Every combination of clauses and orders, with the number that its text is known by."""
        return {key: number for number, key in enumerate(self.file.variants())}

    @cached_property
    def _plain(self) -> Text:
        return self._text(next(iter(self._numbers)))

    @cached_property
    def _clauses(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self._places(clause.names) for clause in self.file.clauses)

    def _places(self, names: Iterable[str]) -> tuple[int, ...]:
        known = tuple(self.parameters)
        if unknown := [name for name in names if name not in known]:
            raise RuntimeError(
                f"queries/{self._path} was changed, its function was not: it does not take :{unknown[0]}. "
                "Run 'make sql'."
            )
        return tuple(known.index(name) for name in names)

    def _prepare(self, values: Sequence[Any], order: str | None) -> tuple[Text, list[bytes | None]]:
        text = self._plain if not self._clauses and order is None else self._chosen(values, order)
        return text, self._encoded(text, values)

    def _chosen(self, values: Sequence[Any], order: str | None) -> Text:
        """Return the text for an order and those parameters of optional clauses that are given."""
        nullable = self._nullable
        given = [
            i for i in self._choosing if (v := values[i]) is not UNSET and (v is not None or nullable[i])
        ]
        asked = (order, *given)
        text = self._choices.get(asked)
        if text is None:
            # What is refused is not kept: of what is there are no more than texts.
            text = self._choices[asked] = self._text(self._key(given, order))
        return text

    def _encoded(self, text: Text, values: Sequence[Any]) -> list[bytes | None]:
        encoders = self._encoders
        return [None if (v := values[i]) is None else encoders[i](v) for i in text.parameters]

    @cached_property
    def _choosing(self) -> tuple[int, ...]:
        """The parameters that choose the text: those of optional clauses."""
        return tuple(sorted({i for clause in self._clauses for i in clause}))

    @cached_property
    def _optional(self) -> frozenset[int]:
        """The parameters that stand in optional clauses only."""
        return frozenset(self._choosing) - frozenset(self._plain.parameters)

    def _key(self, given: Sequence[int], order: str | None) -> scan.Key:
        """Return the combination for those of ``_choosing`` that are ``given``."""
        present = [n for n, clause in enumerate(self._clauses) if all(i in given for i in clause)]
        held = {i for n in present for i in self._clauses[n]}
        for i in given:
            if i in self._optional and i not in held:
                name = tuple(self.parameters)[i]
                raise TypeError(f"{self.name}: every clause with :{name} needs another parameter as well")
        return scan.Key(order, frozenset(present))

    async def _many(self, db: Executor, values: Sequence[Any], order: str | None = None) -> list[RowT]:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        return self._rows(transformer.load_rows(0, result.ntuples, tuple))

    async def _maybe(self, db: Executor, values: Sequence[Any], order: str | None = None) -> RowT | None:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        self._check_maybe(result)
        return transformer.load_row(0, self._row) if result.ntuples else None

    async def _one(self, db: Executor, values: Sequence[Any], order: str | None = None) -> RowT:
        result, transformer = await db.execute(self, *self._prepare(values, order))
        self._check_one(result)
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

    async def _json_many(
        self, db: Executor, values: Sequence[Any], order: str | None = None
    ) -> Json[list[RowT]]:
        text, parameters = self._prepare(values, order)
        result, _ = await db.execute(self, text.wrapped or self._wrap(text, many=True), parameters)
        return Json(result.get_value(0, 0) or b"")

    async def _json_maybe(
        self, db: Executor, values: Sequence[Any], order: str | None = None
    ) -> Json[RowT | None]:
        text, parameters = self._prepare(values, order)
        result, _ = await db.execute(self, text.wrapped or self._wrap(text, many=False), parameters)
        self._check_maybe(result)
        return Json((result.get_value(0, 0) if result.ntuples else None) or b"null")

    async def _json_one(self, db: Executor, values: Sequence[Any], order: str | None = None) -> Json[RowT]:
        text, parameters = self._prepare(values, order)
        result, _ = await db.execute(self, text.wrapped or self._wrap(text, many=False), parameters)
        self._check_one(result)
        return Json(result.get_value(0, 0) or b"")

    async def _stream(
        self, tx: Transaction, values: Sequence[Any], order: str | None = None
    ) -> AsyncIterator[RowT]:
        async for result, transformer in tx.stream(self, *self._prepare(values, order), _FETCHED):
            for row in self._rows(transformer.load_rows(0, result.ntuples, tuple)):
                yield row

    async def _batch(self, tx: Transaction, rows: Iterable[Sequence[Any]]) -> int:
        return await tx.batch(self, self._plain, (self._encoded(self._plain, values) for values in rows))

    async def _copy_in(self, tx: Transaction, rows: Iterable[Sequence[Any]]) -> int:
        target = scan.copy_target(self.file)
        return await tx.copy_in(
            self, self._plain, target, (copied(self._encoded(self._plain, values)) for values in rows)
        )

    def _copy_out(self, tx: Transaction) -> AsyncIterator[bytes]:
        return tx.copy_out(self, self._plain)

    def _text(self, key: scan.Key) -> Text:
        """Return the text of a combination, put together when it is first wanted."""
        text = self._texts.get(key)
        if text is None:
            if key not in self._numbers and key.order in (self.file.orders or (None,)):
                raise TypeError(f"{self.name}: :{', :'.join(sorted(self.file.alone))} is given with others")
            number, compiled = self._numbers[key], self.file.compile(key)
            server_name = _server_name(self.name, f".{number}" if number else "")
            text = self._texts[key] = Text(server_name, compiled, self._places(compiled.parameters))
        return text

    def _wrap(self, text: Text, *, many: bool) -> Text:
        """Make the text that gives the rows of ``text`` as JSON."""
        before, behind = wire.around(self.columns, self._insides, many=many)
        compiled = text.compiled.within(f"/* {self.name} */ {before}", behind)
        name = _server_name(text.name.decode(), ".json")
        text.wrapped = Text(name, compiled, text.parameters)
        return text.wrapped

    def _check_maybe(self, result: pq.abc.PGresult) -> None:
        if result.ntuples > 1:
            raise RowCountError(f"{self.name} returned {result.ntuples} rows, at most one was promised")

    def _check_one(self, result: pq.abc.PGresult) -> None:
        if result.ntuples != 1:
            raise RowCountError(f"{self.name} returned {result.ntuples} rows, exactly one was promised")


Build = Callable[[Any], Any]


def _filled(row: Callable[[Sequence[Any]], RowT], builds: Sequence[Build | None]) -> Callable[[Any], RowT]:
    """Return ``row`` over values of which some are built before: structs of JSON and of rows."""
    places = [(place, build) for place, build in enumerate(builds) if build is not None]

    def made(given: Sequence[Any]) -> RowT:
        values = list(given)
        for place, build in places:
            if values[place] is not None:
                values[place] = build(values[place])
        return row(values)

    return made


def _builder(kind: Any, *, in_json: bool) -> Build | None:
    """Return what makes a value of ``kind``, if it has structs inside: of JSON, or of rows as tuples."""
    if in_json:
        return kind and partial(msgspec.convert, type=kind)
    if get_origin(kind) is list:
        each = _builder(get_args(kind)[0], in_json=False)
        return each and (lambda items: [None if item is None else each(item) for item in items])
    if get_origin(kind) in (Union, UnionType):
        return next((build for part in get_args(kind) if (build := _builder(part, in_json=False))), None)
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
        return None
    row = _filled(lambda values: kind(*values), [_builder(each.type, in_json=False) for each in fields(kind)])
    # A field of a row may hold JSON.
    return lambda value: row(value) if isinstance(value, tuple) else msgspec.convert(value, kind)


def _server_name(name: str, ending: str) -> str:
    """Name a prepared statement within PostgreSQL's 63 bytes."""
    return f"{name[: 63 - len(ending)]}{ending}"
