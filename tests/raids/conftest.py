"""A database for rules of the raids."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from genjilib.core.settings import Settings
from genjilib.db import Db


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Db]:
    """The database behind an address."""
    settings = Settings(database_url=SecretStr(url), amqp_url=SecretStr("amqp://x:y@z/"))  # pyright: ignore
    async with Db.open(settings, name="tests") as db:
        yield db


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """A migrated database of this test alone."""
    async with opened(database_url) as db:
        yield db
