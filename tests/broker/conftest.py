"""The world that a test of messages runs in."""

from collections.abc import AsyncGenerator

import pytest

from genjilib.broker.client import Broker
from genjilib.db import Db
from tests.broker.world import EMPTY, QUICK, World, new_event, settings


@pytest.fixture
async def world(database_url: str, amqp_url: str) -> AsyncGenerator[World]:
    """Empty tables, a declared queue, a pool and a broker; tests start relays and consumers themselves."""
    async with (
        Db.open(settings(database_url, amqp_url), name="test") as db,
        Broker(amqp_url, name="test", timing=QUICK) as broker,
    ):
        world = World(db, broker, database_url, amqp_url, new_event())
        await world.do(EMPTY)
        await broker.declare([world.queue])
        await broker.publishable.wait()
        yield world
        await world.end()
