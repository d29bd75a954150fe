"""The table of queues: whole, the same as the events', declared, and drift told in a sentence."""

import json
from dataclasses import replace

import pytest

from genjilib.broker.topology import QUEUES, Queue, check_events, definitions, find
from genjilib.core.errors import Conflict, Invalid
from tests.broker.world import World, new_event


def test_the_bot_takes_the_17_queues_of_the_contract() -> None:
    assert len([queue for queue in QUEUES if queue.runner == "bot"]) == 17
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


def test_events_and_queues_are_compared_both_ways() -> None:
    event, stranger = new_event(), new_event()
    queues = [Queue(event.queue, "worker", "tests"), Queue("api.silent", "worker", "tests")]
    problems = check_events([event, stranger], queues)
    assert len(problems) == 2
    assert stranger.queue in problems[0]
    assert "api.silent" in problems[1]
    assert check_events([event], queues[:1]) == []


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
    with pytest.raises(Conflict, match=r"other arguments.*x-max-length-bytes.*Drain and delete it"):
        await world.broker.declare([drifted])
