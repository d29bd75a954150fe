"""The fixtures: a migrated database a test, an empty broker, both shared servers."""

import pika
import psycopg
import pytest

from genjilib.local.scratch import MIGRATIONS


@pytest.mark.parametrize("attempt", range(3))
def test_each_test_has_its_own_migrated_database(database_url: str, attempt: int) -> None:
    with psycopg.connect(database_url) as db:
        assert db.execute("select count(*) from schema_migrations").fetchone() == (
            len(list(MIGRATIONS.glob("*.sql"))),
        )
        assert db.execute("select to_regclass('left_behind')").fetchone() == (None,)
        db.execute("create table left_behind ()")


@pytest.mark.parametrize("attempt", range(2))
async def test_queues_of_the_worker_are_empty_before_each_test(amqp_url: str, attempt: int) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as broker:
        channel = broker.channel()
        arguments = {"x-queue-type": "quorum"}
        declared = channel.queue_declare("ground", durable=True, arguments=arguments)
        assert declared.method.message_count == 0
        channel.confirm_delivery()
        channel.basic_publish("", "ground", b"left behind", mandatory=True)


async def test_fresh_virtual_host_has_no_queue(fresh_amqp_url: str) -> None:
    missing = pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND")
    with pika.BlockingConnection(pika.URLParameters(fresh_amqp_url)) as broker, missing:
        broker.channel().queue_declare("ground", passive=True)
