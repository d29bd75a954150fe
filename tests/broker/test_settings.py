"""Settings of messaging reach what they are for: the waits before further tries, the heartbeat."""

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import SecretStr

from genjilib.broker.client import Broker
from genjilib.broker.consume import consuming
from genjilib.broker.handler import Delivery, Handler
from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings
from genjilib.db import Tx
from tests.broker.world import Ping, World, message, settings

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
    "AMQP_URL": "amqp://nobody:x@127.0.0.1/none",
    "TOKEN_SECRET": "x" * 32,
}


def load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    for name, value in {**ENVIRONMENT, **changes}.items():
        monkeypatch.setenv(name, value)
    return Settings.load()


def test_the_waits_are_read_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RETRY_SECONDS", raising=False)
    assert load(monkeypatch).retry_seconds == (1, 10, 60, 600)
    assert load(monkeypatch, RETRY_SECONDS="[0.5, 3]").retry_seconds == (0.5, 3)
    assert load(monkeypatch, RETRY_SECONDS="1, 10").retry_seconds == (1, 10)
    assert load(monkeypatch, RETRY_SECONDS="7").retry_seconds == (7,)
    assert load(monkeypatch, RETRY_SECONDS="[]").retry_seconds == ()


@pytest.mark.parametrize("text", ["[0]", "[-1]", '["soon"]', "soon"])
def test_waits_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(Invalid, match="RETRY_SECONDS"):
        load(monkeypatch, RETRY_SECONDS=text)


@pytest.mark.parametrize("waits", [(), (0.01,), (0.01, 0.01, 0.01)])
async def test_a_message_has_one_try_more_than_there_are_waits(
    world: World, waits: tuple[float, ...]
) -> None:
    async def fail(_: Tx, deliveries: Sequence[Delivery[Ping]], __: Sequence[Any]) -> None:
        raise LookupError(deliveries[0].event.n)

    chosen = settings(world.url, world.amqp_url).model_copy(
        update={"retry_seconds": waits, "shutdown_seconds": 5}
    )
    world.relay(poll=0.02)
    handlers = [Handler(world.event, apply=fail)]
    async with consuming(world.db, world.broker, handlers, None, chosen):
        await world.broker.publish([message(world.event(n=1))])
        await world.until_count("dead_letters", 1)
    assert await world.ask("select attempts from messages.dead_letters") == len(waits) + 1


def test_the_heartbeat_is_25_seconds_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMQP_HEARTBEAT_SECONDS", raising=False)
    assert load(monkeypatch).amqp_heartbeat_seconds == 25
    assert load(monkeypatch, AMQP_HEARTBEAT_SECONDS="10").amqp_heartbeat_seconds == 10
    for text in ("1", "601", "often"):
        with pytest.raises(Invalid, match="AMQP_HEARTBEAT_SECONDS"):
            load(monkeypatch, AMQP_HEARTBEAT_SECONDS=text)


async def test_both_connections_agree_on_the_heartbeat_of_the_settings(world: World) -> None:
    default = Settings.model_fields["amqp_heartbeat_seconds"].default
    chosen = Settings.model_construct(amqp_url=SecretStr(world.amqp_url))
    async with Broker.open(chosen, name="heartbeat") as broker:
        await broker.publishable.wait()
        await broker.depth(world.queue.name)  # the other connection is there too
        links: list[Any] = [broker._publishing, broker._consuming]
        assert [link.connection.params.heartbeat for link in links] == [default, default] == [25, 25]
