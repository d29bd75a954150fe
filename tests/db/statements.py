"""Statements of the tests' own, and databases to run them on."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from genjilib.db import Db, Executor
from genjilib.db import statement as module
from genjilib.db.statement import Statement
from tests.api import api_settings


class Own(Statement[Any]):
    """A statement whose rows are what its row type makes of them; every way to run it is public."""

    def __init__(self, path: str, row: Callable[..., Any], types: dict[str, str], *, scalar: bool) -> None:
        super().__init__(path, row, types, {}, scalar=scalar)
        self.names = tuple(types)
        self.optional = self.file.optional

    def _values(self, given: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(given.get(name, module.msgspec.UNSET) for name in self.names)

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


class Queries:
    """Writes query files and makes statements of them."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        (root / "queries" / "test").mkdir(parents=True)
        patch.setattr(module, "SQL_ROOT", root)
        self._folder = root / "queries" / "test"

    def make(
        self, name: str, sql: str, /, row: Callable[..., Any] | None = None, head: str = "", **types: str
    ) -> Own:
        """A statement called ``test.<name>``; without a ``row`` its first column is all."""
        (self._folder / f"{name}.sql").write_text(f"-- Test.\n{head}{sql}\n")
        return Own(f"test/{name}.sql", row or (lambda v: v), types, scalar=row is None)


def open_db(url: str, size: int = 1, **changes: object) -> AbstractAsyncContextManager[Db]:
    """A pool of one connection, or more."""
    return Db.open(api_settings(url, database_pool_size=size, **changes), name="tests")
