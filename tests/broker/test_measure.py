"""What the worker measures in PostgreSQL, as it appears among the metrics."""

import asyncio
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from genjilib.broker.measure import keep_measuring
from genjilib.core.metrics import REGISTRY
from genjilib.db import Db
from tests.broker.world import settings


@pytest.fixture
async def measuring(database_url: str) -> AsyncIterator[Db]:
    """A worker that measures very often."""
    async with Db.open(settings(database_url, "amqp://127.0.0.1:1"), name="test") as db:
        task = asyncio.create_task(keep_measuring(db, every=0.02))
        yield db
        task.cancel()
        await asyncio.wait({task})


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_messages_that_wait_and_dead_ones_are_measured(measuring: Db, database_url: str) -> None:
    dead = {"queue": "api.xp.grant", "error": "poison"}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "insert into messages.dead_letters (queue, error, detail, attempts)"
            " select 'api.xp.grant', 'poison', 'No.', 1 from generate_series(1, 3)"
        )
        connection.execute(
            "insert into messages.outbox (queue, body, run_at)"
            " values ('api.xp.grant', '{}', now() - interval '1 hour')"
        )
        await until(lambda: value("genji_dead_letters_waiting_messages", **dead) == 3)
        await until(lambda: value("genji_outbox_waiting_messages") == 1)
        assert (value("genji_outbox_oldest_seconds") or 0) >= 3600
        connection.execute("delete from messages.dead_letters")
        connection.execute("delete from messages.outbox")
    await until(lambda: value("genji_dead_letters_waiting_messages", **dead) is None)
    await until(lambda: value("genji_outbox_oldest_seconds") == 0)


async def test_what_postgresql_counts_rises_and_what_it_shows_comes_and_goes(
    measuring: Db, database_url: str
) -> None:
    await until(lambda: (value("genji_postgres_size_bytes") or 0) > 1_000_000)
    assert (value("genji_postgres_connections_limit") or 0) >= 20
    before = value("genji_postgres_rows_total", action="inserted") or 0
    with psycopg.connect(database_url) as holder, psycopg.connect(database_url) as waiter:
        holder.execute("create table toys as select generate_series(1, 1000)")
        holder.commit()
        holder.execute("lock table toys")
        pending = asyncio.create_task(asyncio.to_thread(waiter.execute, "select from toys"))
        await until(lambda: value("genji_postgres_lock_waits") == 1)
        assert (value("genji_postgres_connections", state="idle in transaction") or 0) >= 1
        assert (value("genji_postgres_oldest_transaction_seconds") or 0) > 0
        holder.rollback()
        await pending
    await until(lambda: (value("genji_postgres_rows_total", action="inserted") or 0) >= before + 1000)
    await until(lambda: value("genji_postgres_lock_waits") == 0)
