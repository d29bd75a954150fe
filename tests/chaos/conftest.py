"""A scene for every row, on servers that all rows of a process share."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from genjilib.local.rabbitmq import create_vhost, delete_vhost
from tests.chaos.rows import FIND
from tests.chaos.scene import LONG, Scene
from tests.nursery import Nursery
from tests.support import Clones


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of a row known."""
    config.addinivalue_line("markers", "row(*numbers): carries out these rows of the failure matrix")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give rows the time they need, on a slow machine too."""
    for item in items:
        if item.get_closest_marker("row"):
            item.add_marker(pytest.mark.timeout(3600 if LONG else 400))


@pytest.fixture
def row_database(clones: Clones) -> Iterator[str]:
    """The database of a row; modules that hurt PostgreSQL bring their own."""
    url = clones.take()
    yield url
    clones.give_back(url)


@pytest.fixture(scope="session")
async def chaos_vhost(rabbitmq: dict[str, str]) -> AsyncIterator[tuple[str, str]]:
    """A virtual host of this process's rows, and the management of its server."""
    name, management = f"chaos-{uuid.uuid4().hex}", rabbitmq["RABBITMQ_MANAGEMENT_URL"]
    await create_vhost(management, name)
    yield f"{rabbitmq['AMQP_URL'].rpartition('/')[0]}/{name}", management
    await delete_vhost(management, name)


@pytest.fixture
def row_vhost(chaos_vhost: tuple[str, str]) -> tuple[str, str]:
    """The virtual host of a row; modules that hurt RabbitMQ bring their own."""
    return chaos_vhost


@pytest.fixture
async def scene(
    request: pytest.FixtureRequest,
    row_database: str,
    row_vhost: tuple[str, str],
    nursery: Nursery,
    tmp_path: Path,
) -> AsyncIterator[Scene]:
    """The scene of the rows that the test is marked with."""
    rows = [FIND[number] for number in request.node.get_closest_marker("row").args]
    scene = Scene(rows, tmp_path, row_database, row_vhost, nursery)
    try:
        await scene.open()
        yield scene
    finally:
        await scene.close()
