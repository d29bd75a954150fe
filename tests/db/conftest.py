"""Statements of the tests' own on a database of one connection."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from genjilib.core import log
from genjilib.db import Db
from tests.db.statements import Queries, open_db

log.configure("tests")


@pytest.fixture
def sql(tmp_path: Path) -> Queries:
    """Makes statements of SQL text."""
    return Queries(tmp_path / "sql")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """A database with a pool of one connection."""
    async with open_db(database_url) as opened:
        yield opened
