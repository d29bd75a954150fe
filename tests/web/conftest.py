"""A running API of toys and a client that holds a superuser's key."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from genjilib.core import log
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.web.app import create_app

from . import toys

log.configure("tests")

KEYS = {
    "root": Principal(kind="key", name="root", superuser=True),
    "reader": Principal(kind="key", name="reader", scopes=frozenset({"toys:read"})),
    "looker": Principal(kind="key", name="looker", scopes=frozenset({"toys:read", "toys:look"})),
}


async def authenticate(key: str) -> Principal | None:
    return KEYS.get(key)


def settings(**changes: object) -> Settings:
    """Return settings that ask for free ports and small limits."""
    values = {
        "database_url": "postgresql://nobody@127.0.0.1/none",
        "amqp_url": "amqp://nobody:x@127.0.0.1/none",
        "token_secret": "x" * 32,
        "api_port": 0,
        "api_body_limit": 20_000,
        "api_upload_limit": 100_000,
        "shutdown_seconds": 2,
        **changes,
    }
    return Settings.model_validate(values)


@pytest.fixture
def shelf() -> toys.Shelf:
    return toys.Shelf()


@pytest.fixture
async def client(shelf: toys.Shelf) -> AsyncIterator[TestClient]:
    app = create_app(
        settings(),
        shelf,
        toys.routes,
        authenticate,
        translate=toys.translate,
        checks={"shelf": shelf.check},
    )
    async with TestClient(TestServer(app), headers={"X-API-KEY": "root"}) as running:
        yield running
