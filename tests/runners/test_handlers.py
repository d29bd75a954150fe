"""Every event has a queue in the table and exactly one handler, in the runner that the table names."""

import importlib
import pkgutil
from collections import Counter

import genjilib
from genjilib.broker.topology import QUEUES
from genjilib.core.events import Event
from runners import bot, worker

HANDLERS = {"bot": bot.HANDLERS, "worker": worker.HANDLERS + worker.RAID_HANDLERS}


def events() -> set[type[Event]]:
    """All events that a domain declares in its types."""
    for module in pkgutil.walk_packages(genjilib.__path__, "genjilib."):
        if module.name.endswith(".types"):
            importlib.import_module(module.name)
    return {event for event in Event.__subclasses__() if event.__module__.startswith("genjilib.")}


def test_every_event_names_a_queue_of_the_table_and_no_two_share_one() -> None:
    named = Counter(event.queue for event in events())
    assert set(named) <= {queue.name for queue in QUEUES}, "add a row to genjilib/broker/topology.py"
    assert max(named.values()) == 1


def test_every_event_is_handled_by_the_runner_that_the_table_names() -> None:
    consumers = {queue.name: queue.runner for queue in QUEUES}
    handled = {(handler.event, runner) for runner, handlers in HANDLERS.items() for handler in handlers}
    wanted = {(event, consumers.get(event.queue)) for event in events()}
    assert wanted == handled, "list the handlers of the domain in runners/bot.py or runners/worker.py"


def test_no_event_is_handled_twice() -> None:
    for handlers in HANDLERS.values():
        assert len({handler.event for handler in handlers}) == len(handlers)
