"""Real servers: one PostgreSQL and one RabbitMQ a run, a database a test, a virtual host a worker."""

import logging
import os
import re
import signal
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest
import structlog
from xdist.scheduler import LoadScopeScheduling

from genjilib.local.mail import Mail
from genjilib.local.rabbitmq import RabbitMQ, create_vhost, delete_vhost
from genjilib.local.s3 import S3
from genjilib.local.sentry import Sentry
from tests.api import Api, api_on
from tests.support import Clones, Ground, empty_queues, ground_directory
from tests.witness import Witness

pytest_plugins = ("tests.town", "tests.nursery")

GROUND = pytest.StashKey[Ground]()
LONG = (
    "local/test_demo.py",
    "chaos/test_broker.py",
    "chaos/test_deploy.py",
    "chaos/test_api.py",
    "chaos/test_database.py",
    "chaos/test_network.py",
    "chaos/test_worker.py",
    "chaos/test_random.py",
    "chaos/test_dead_letters.py",
    "runners/test_stop.py",
    "runners/test_health.py",
    "sql/test_migrations.py",
    "ops/test_sql.py",
    "ops/test_importing.py",
    "raids/test_crawler.py",
    "raids/test_store.py",
    "web/test_schema.py",
)
"""Modules that would keep one worker busy at the end, while the others have nothing left to do."""

SHARED = re.compile(r"tests/(chaos|runners|sql)/(?!test_(broker|clock|database|discord|random)\.py)")
"""Modules that share servers or a nursery: one worker runs those of a folder, but not the longest."""


def pytest_configure(config: pytest.Config) -> None:
    """Give every process of the run the same ground, and the one secret that has no default."""
    # A logger that is kept from its first use on keeps the set-up of that moment, such as a command's own.
    structlog.configure = partial(_configure, structlog.configure)
    os.environ.setdefault("TOKEN_SECRET", "only-for-tests-" + "x" * 32)
    # A shell that runs us in the background lets us, and the programs that tests interrupt, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    given: dict[str, str] | None = getattr(config, "workerinput", None)
    directory = Path(given["ground"]) if given else ground_directory()
    controller = int(given["controller"]) if given else os.getpid()
    config.stash[GROUND] = Ground(directory, controller)


def _configure(real: Callable[..., None], *given: object, **options: object) -> None:
    real(*given, **options | {"cache_logger_on_first_use": False})


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell a worker of pytest-xdist where the ground is."""
    ground = node.config.stash[GROUND]
    node.workerinput |= {"ground": str(ground.directory), "controller": str(ground.controller)}


HURT = ("tests/chaos/test_broker.py", "tests/local/test_rabbitmq.py")
"""Modules that kill the same node of RabbitMQ."""


class Rooms(LoadScopeScheduling):
    """Gives each module to one worker, and modules that share what takes long to start to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(HURT):
            return HURT[0]
        shared = SHARED.match(nodeid)
        return shared[0] if shared else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Rooms | None:
    """Keep rooms together where modules are."""
    return Rooms(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long modules."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let RabbitMQ, which takes seconds, start while tests that need none already run."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if "rabbitmq" in wanted and "AMQP_URL" not in os.environ and not session.config.option.collectonly:
        session.config.stash[GROUND].begin("rabbitmq")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers when the last worker is done."""
    if not hasattr(config, "workerinput") and GROUND in config.stash:
        config.stash[GROUND].close()


@pytest.fixture(autouse=True)
def logging_kept() -> Iterator[None]:
    """Undo what a command, run inside a test, did to the logs: its standard error is closed by then."""
    root, ours = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.get_config() != ours:
        structlog.configure(**ours)
        root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def witness() -> Iterator[Witness]:
    """Looks at the result of every statement that this process runs."""
    watching = Witness()
    with pytest.MonkeyPatch.context() as patch:
        watching.install(patch)
        yield watching


@pytest.fixture(autouse=True)
def contradictions(witness: Witness) -> Iterator[Witness]:
    """Fail the test in which a null comes out of a column said to have none, or a wrong number of rows."""
    witness.found.clear()
    yield witness
    assert witness.found == []


@pytest.fixture(scope="session")
def ground(pytestconfig: pytest.Config) -> Ground:
    """The servers of this run."""
    return pytestconfig.stash[GROUND]


@pytest.fixture(scope="session")
def clones(ground: Ground, worker_id: str) -> Iterator[Clones]:
    """Copies of the migrated database."""
    template = ground.template()
    copies = Clones(template, f"{ground.directory.name}-{worker_id}")
    yield copies
    copies.close()


@pytest.fixture
def database_url(clones: Clones) -> Iterator[str]:
    """A migrated database of this test alone."""
    url = clones.take()
    yield url
    clones.give_back(url)


@pytest.fixture(scope="session")
def rabbitmq(ground: Ground) -> dict[str, str]:
    """The broker's AMQP_URL and RABBITMQ_MANAGEMENT_URL."""
    return ground.environment("rabbitmq")


@pytest.fixture(scope="session")
async def hurt_node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RabbitMQ]:
    """A node of this process alone, not started yet."""
    node = RabbitMQ(tmp_path_factory.mktemp("node"), durable=False)
    yield node
    await node.stop()


@pytest.fixture
async def node(hurt_node: RabbitMQ) -> RabbitMQ:
    """A running node that tests may kill and stop; it is started anew after that only."""
    await hurt_node.start()
    return hurt_node


@pytest.fixture(scope="session")
async def worker_vhost(rabbitmq: dict[str, str], worker_id: str) -> AsyncIterator[str]:
    """A virtual host of this worker."""
    name = f"{worker_id}-{uuid.uuid4().hex[:8]}"
    await create_vhost(rabbitmq["RABBITMQ_MANAGEMENT_URL"], name)
    yield name
    await delete_vhost(rabbitmq["RABBITMQ_MANAGEMENT_URL"], name)


@pytest.fixture
async def amqp_url(rabbitmq: dict[str, str], worker_vhost: str) -> str:
    """The worker's virtual host. Queues of earlier tests are still declared there, and empty."""
    url = f"{rabbitmq['AMQP_URL'].rpartition('/')[0]}/{worker_vhost}"
    listed = f"{rabbitmq['RABBITMQ_MANAGEMENT_URL']}/api/queues/{worker_vhost}?columns=name"
    async with aiohttp.ClientSession(raise_for_status=True) as http, http.get(listed) as answer:
        empty_queues(url, [queue["name"] for queue in await answer.json()])
    return url


@pytest.fixture
async def fresh_amqp_url(rabbitmq: dict[str, str]) -> AsyncIterator[str]:
    """A virtual host of this test alone, with nothing declared (100 ms more than `amqp_url`)."""
    name = f"test-{uuid.uuid4().hex}"
    await create_vhost(rabbitmq["RABBITMQ_MANAGEMENT_URL"], name)
    yield f"{rabbitmq['AMQP_URL'].rpartition('/')[0]}/{name}"
    await delete_vhost(rabbitmq["RABBITMQ_MANAGEMENT_URL"], name)


@pytest.fixture(scope="session")
async def s3_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[S3]:
    """The worker's S3 server."""
    server = S3(tmp_path_factory.mktemp("s3"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def s3(s3_server: S3) -> S3:
    """An S3 server with our bucket, empty."""
    await s3_server.clear()
    return s3_server


@pytest.fixture(scope="session")
async def mail_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mail]:
    """The worker's mail catcher."""
    server = Mail(tmp_path_factory.mktemp("mail"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def mail(mail_server: Mail) -> Mail:
    """A mail catcher that caught nothing yet."""
    await mail_server.clear()
    return mail_server


@pytest.fixture(scope="session")
async def sentry_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sentry]:
    """The worker's Sentry catcher."""
    server = Sentry(tmp_path_factory.mktemp("sentry"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def sentry(sentry_server: Sentry) -> Sentry:
    """A Sentry catcher that caught nothing yet."""
    await sentry_server.clear()
    return sentry_server


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The real API, served on a database of this test alone."""
    async with api_on(database_url) as served:
        yield served
