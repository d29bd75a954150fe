"""The table of queues: whole, the same as the events', declared, and drift told in a sentence."""

import json
from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct

from genjilib.broker import mend
from genjilib.broker.channels import Outcome
from genjilib.broker.topology import QUEUES, Queue, definitions, find
from genjilib.core.errors import Conflict, Invalid
from genjilib.core.ids import new_id
from genjilib.ops.topology import DEFINITIONS
from genjilib.ops.topology import definitions as exported
from tests.broker.world import World, message


def test_the_bot_takes_the_17_queues_of_the_contract_and_that_of_roles() -> None:
    names = [queue.name for queue in QUEUES if queue.runner == "bot"]
    assert len(names) == 17 + names.count("api.user.roles") == 18
    assert len({queue.name for queue in QUEUES}) == len(QUEUES)


def test_work_queues_are_safe_and_dead_queues_can_be_looked_at() -> None:
    arguments = find("api.xp.grant").arguments()
    assert arguments["x-queue-type"] == "quorum"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-overflow"] == "reject-publish"
    assert arguments["x-dead-letter-routing-key"] == "api.xp.grant.dlq"


def test_an_unknown_queue_is_told_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"no queue api\.nothing.*api\.xp\.grant"):
        find("api.nothing")


def test_the_definitions_hold_every_queue_and_are_json() -> None:
    found = json.loads(json.dumps(definitions()))
    names = [queue["name"] for queue in found["queues"]]
    assert len(names) == 2 * len(QUEUES)
    assert {"api.xp.grant", "api.xp.grant.dlq"} <= set(names)
    assert all(queue["durable"] and not queue["auto_delete"] for queue in found["queues"])


async def test_all_queues_can_be_declared_twice(world: World) -> None:
    await world.broker.declare(QUEUES)
    await world.broker.declare(QUEUES)
    assert await world.broker.depth("api.xp.grant.dlq") == 0


async def test_a_queue_with_other_arguments_is_refused_with_a_sentence(world: World) -> None:
    drifted = replace(world.queue, max_bytes=12345)
    with pytest.raises(Conflict, match=r"other arguments.*x-max-length-bytes.*cli.py topology mend"):
        await world.broker.declare([drifted])


def test_the_file_of_definitions_is_the_table() -> None:
    assert DEFINITIONS.read_text() == exported(), "run ./cli.py topology export"


def test_nothing_in_the_table_is_refused_by_rabbitmq_4() -> None:
    """4.x refuses mirroring policies, transient queues, queue modes, and priorities of quorum queues."""
    known = {
        *("x-queue-type", "x-delivery-limit", "x-dead-letter-exchange", "x-dead-letter-routing-key"),
        *("x-dead-letter-strategy", "x-overflow", "x-max-length-bytes", "x-single-active-consumer"),
    }
    for entry in definitions()["queues"]:
        assert isinstance(entry["arguments"], dict)
        assert entry["arguments"].keys() <= known
        assert entry["durable"]


async def test_drift_is_found_and_mended_and_its_messages_come_back(world: World) -> None:
    queue = Queue(f"{world.event.queue}.drifted", "worker", "tests")
    other = replace(queue, max_bytes=12345)
    missing = Queue(f"{world.event.queue}.missing", "worker", "tests")
    await world.broker.declare([other])
    sent = [message(world.event(n=n), attempt=2, order_key="k", position=n) for n in range(30)]
    good = [replace_struct(one, queue=queue.name) for one in sent]
    broken = replace_struct(good[0], message_id=new_id(), body=b"{")
    dead = replace_struct(good[0], message_id=new_id(), queue=queue.dead)
    assert set(await world.broker.publish([*good, broken, dead])) == {Outcome.CONFIRMED}
    drifts = await mend.find(world.broker, [queue, missing])
    assert [(drift.name, drift.kind, drift.messages) for drift in drifts] == [
        (queue.name, "other-arguments", 31),
        (missing.dead, "missing", 0),
        (missing.name, "missing", 0),
    ]
    assert [await mend.mend(world.db, world.broker, drift) for drift in drifts] == [31, 0, 0]
    assert await mend.find(world.broker, [queue, missing]) == []
    assert await world.broker.depth(queue.name) == 0
    kept = await world.rows("select message_id, attempts, position from messages.outbox order by position")
    assert kept == [(one.message_id, 1, one.position) for one in good]
    assert await world.rows("select error, raw from messages.dead_letters") == [("undecodable", b"{")]
    assert await world.broker.depth(queue.dead) == 1


async def test_a_queue_that_is_consumed_is_not_touched(world: World) -> None:
    queue = Queue(f"{world.event.queue}.consumed", "worker", "tests")
    await world.broker.declare([replace(queue, max_bytes=12345)])
    subscription = world.broker.subscribe(queue.name, prefetch=1)
    (drift,) = await mend.find(world.broker, [queue])

    async def consumed() -> bool:
        found = await world.broker.look(queue.name)
        return found is not None and found.consumers == 1

    await world.until(consumed)
    with pytest.raises(Conflict, match="Stop the worker and the bot first"):
        await mend.mend(world.db, world.broker, drift)
    subscription.close()
