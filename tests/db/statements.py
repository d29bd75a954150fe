"""Statements of the tests' own, and databases to run them on."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from msgspec import UNSET

from genjilib.core.json import Json
from genjilib.db import Db, Executor
from genjilib.db.statement import Statement, Transaction
from tests.api import api_settings


class Own(Statement[Any]):
    """A statement whose rows are what its row type makes of them; every way to run it is public."""

    def __init__(
        self,
        root: Path,
        path: str,
        row: Callable[..., Any],
        types: dict[str, str],
        columns: dict[str, str],
        *,
        scalar: bool,
        nested: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(root, path, row, types, columns, scalar=scalar, nested=nested)
        self.names = tuple(types)
        self.optional = self.file.optional

    def _values(self, given: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(given.get(name, UNSET) for name in self.names)

    async def value(self, db: Executor, **given: Any) -> Any:
        return await self._value(db, self._values(given))

    async def one(self, db: Executor, **given: Any) -> Any:
        return await self._one(db, self._values(given))

    async def maybe(self, db: Executor, **given: Any) -> Any:
        return await self._maybe(db, self._values(given))

    async def many(self, db: Executor, order: str | None = None, **given: Any) -> list[Any]:
        return await self._many(db, self._values(given), order)

    async def count(self, db: Executor, **given: Any) -> int:
        return await self._count(db, self._values(given))

    async def json(self, db: Executor, order: str | None = None, **given: Any) -> Json[list[Any]]:
        return await self._json_many(db, self._values(given), order)

    async def json_one(self, db: Executor, **given: Any) -> Json[Any]:
        return await self._json_one(db, self._values(given))

    async def json_maybe(self, db: Executor, **given: Any) -> Json[Any]:
        return await self._json_maybe(db, self._values(given))

    def stream(self, tx: Transaction, **given: Any) -> AsyncIterator[Any]:
        return self._stream(tx, self._values(given))

    async def batch(self, tx: Transaction, rows: Iterable[tuple[Any, ...]]) -> int:
        return await self._batch(tx, rows)

    async def copy_in(self, tx: Transaction, rows: Iterable[tuple[Any, ...]]) -> int:
        return await self._copy_in(tx, rows)

    def copy_out(self, tx: Transaction) -> AsyncIterator[bytes]:
        return self._copy_out(tx)


class Queries:
    """Writes query files and makes statements of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "queries" / "test"
        self._folder.mkdir(parents=True)

    def make(
        self,
        name: str,
        sql: str,
        /,
        row: Callable[..., Any] | None = None,
        head: str = "",
        columns: dict[str, str] | None = None,
        nested: dict[str, Any] | None = None,
        **types: str,
    ) -> Own:
        """A statement called ``test.<name>``; without a ``row`` its first column is all."""
        (self._folder / f"{name}.sql").write_text(f"-- Test.\n{head}{sql}\n")
        made = row or (lambda v: v)
        path = f"test/{name}.sql"
        return Own(self._root, path, made, types, columns or {}, scalar=row is None, nested=nested)


def open_db(url: str, size: int = 1, **changes: object) -> AbstractAsyncContextManager[Db]:
    """A pool of one connection, or more."""
    return Db.open(api_settings(url, database_pool_size=size, **changes), name="tests")
