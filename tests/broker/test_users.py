"""Users of RabbitMQ: the bot reads its queues, the worker publishes and reads its own and the dead ones."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError
from typer.testing import CliRunner

from cli import app
from genjilib.broker.topology import QUEUES
from tests.brokers import admit, user_url

BOT, WORKER = "api.xp.grant", "api.mail.delivery"
ACCESS_REFUSED = 403
ARGUMENTS = {queue.name: queue.arguments() for queue in QUEUES}


@pytest.fixture
async def channel(
    rabbitmq: dict[str, str], fresh_amqp_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[BlockingChannel]:
    """A channel of the user that the test is for."""
    await admit(rabbitmq["RABBITMQ_MANAGEMENT_URL"], fresh_amqp_url.rpartition("/")[2])
    url = user_url(fresh_amqp_url, request.param)
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        yield connection.channel()


def deeds(channel: BlockingChannel) -> dict[str, object]:
    return {
        "read bot's": lambda: channel.basic_consume(BOT, print),
        "read worker's": lambda: channel.basic_consume(WORKER, print),
        "read dead": lambda: channel.basic_consume(f"{BOT}.dlq", print),
        "declare bot's": lambda: channel.queue_declare(BOT, durable=True, arguments=ARGUMENTS[BOT]),
        "declare worker's": lambda: channel.queue_declare(WORKER, durable=True, arguments=ARGUMENTS[WORKER]),
        "declare another": lambda: channel.queue_declare("mine"),
        "delete a queue's messages": lambda: channel.queue_purge(WORKER),
        "publish": lambda: channel.basic_publish("", WORKER, b"{}", mandatory=True),
        "make an exchange": lambda: channel.exchange_declare("mine"),
    }


def allowed(channel: BlockingChannel) -> Iterator[str]:
    for name in deeds(channel):
        own = channel.connection.channel()
        own.confirm_delivery()
        try:
            deeds(own)[name]()
        except ChannelClosedByBroker as refused:
            if refused.reply_code != ACCESS_REFUSED:
                raise
        else:
            own.close()
            yield name


@pytest.mark.parametrize(
    ("channel", "may"),
    [
        ("bot", {"read bot's", "declare bot's"}),
        (
            "worker",
            {
                "read worker's",
                "read dead",
                "declare bot's",
                "declare worker's",
                "delete a queue's messages",
                "publish",
            },
        ),
    ],
    indirect=["channel"],
)
async def test_a_runner_may_do_its_work_and_nothing_else(channel: BlockingChannel, may: set[str]) -> None:
    assert set(allowed(channel)) == may


async def test_a_user_has_no_other_virtual_host(rabbitmq: dict[str, str], fresh_amqp_url: str) -> None:
    await admit(rabbitmq["RABBITMQ_MANAGEMENT_URL"], fresh_amqp_url.rpartition("/")[2])
    elsewhere = f"{user_url(fresh_amqp_url, 'worker').rpartition('/')[0]}/%2F"
    with pytest.raises((ProbableAccessDeniedError, pika.exceptions.ConnectionClosedByBroker)):
        pika.BlockingConnection(pika.URLParameters(elsewhere))


def test_the_command_prints_what_rabbitmq_loads_without_a_password(tmp_path: Path) -> None:
    for name in ("bot", "worker"):
        (tmp_path / f"{name}_amqp_url").write_text(f"amqp://genji_{name}:hunter2@rabbitmq:5672/%2F\n")
    done = CliRunner().invoke(app, ["topology", "users", "--secrets", str(tmp_path), "--json"])
    made = json.loads(done.stdout)
    assert [user["name"] for user in made["users"]] == ["genji_bot", "genji_worker"]
    assert len(made["queues"]) == 2 * len(QUEUES)
    assert "hunter2" not in done.stdout
    (tmp_path / "bot_amqp_url").write_text("amqp://guest:guest@rabbitmq")
    assert CliRunner().invoke(app, ["topology", "users", "--secrets", str(tmp_path)]).exit_code == 2
