"""A running API of toys and a client that holds a superuser's key."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestClient

from genjilib.core import log
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.web.app import Dispatcher, create_app
from genjilib.web.listener import runner_of

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


class Served(BaseTestServer):
    """The API as ``TestClient`` wants it."""

    def __init__(self, app: Dispatcher) -> None:
        super().__init__()
        self._app = app

    async def _make_runner(self, **_: object) -> web.ServerRunner:
        return runner_of(self._app.dispatch, grace=2, body_limit=self._app.body_limit)


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
    async with TestClient(Served(app), headers={"X-API-KEY": "root"}) as running:
        yield running
