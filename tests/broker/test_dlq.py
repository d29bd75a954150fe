"""Dead letters: drained, looked at without change, replayed, edited, set aside, with a record of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from genjilib import queries
from genjilib.broker import dlq, ledger
from genjilib.broker.client import Broker
from genjilib.broker.dlq import Filter, Manner
from genjilib.broker.drain import Drain, explain
from genjilib.broker.failures import Failure, Verdict
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.topology import Queue
from genjilib.core.clock import now
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.db import Tx
from tests.broker.world import QUICK, Ping, World, apply, message, new_event

BAD = Failure(Verdict.DEAD, "bad", "It was bad.", "rules.py:1", None)
UGLY = Failure(Verdict.DEAD, "ugly", "It was ugly.", "rules.py:2", None)


async def bury(world: World, count: int, failure: Failure = BAD, **changes: Any) -> None:
    """Write dead letters for events 0, 1, …"""
    for n in range(count):
        changes.setdefault("position", 0)
        await ledger.bury(world.db, message(world.event(n=n), **{**changes, "position": n + 1}), failure)


async def ids(world: World) -> list[int]:
    """Return the numbers of the dead letters."""
    return [number for (number,) in await world.rows("select id from messages.dead_letters order by id")]


async def test_what_rabbitmq_gives_up_is_drained_with_its_reason(world: World) -> None:
    event = world.event(n=7)
    dead = msgspec.structs.replace(message(event), queue=world.queue.dead)
    await world.broker.publish([dead])
    world.run(Drain(world.db, world.broker, [world.queue]).run())
    await world.until_count("dead_letters", 1)
    assert await world.rows("select queue, message_id, error, body ->> 'n' from messages.dead_letters") == [
        (world.queue.name, dead.message_id, "unknown", "7")
    ]
    await world.until(lambda: _drained(world))


async def test_what_is_delivered_too_often_is_a_dead_letter_with_its_reason(world: World) -> None:
    fragile = new_event()
    queue = Queue(fragile.queue, "worker", "tests", delivery_limit=1)
    await world.broker.declare([queue])
    killer, others = message(fragile(n=0)), [message(fragile(n=n)) for n in (1, 2, 3)]
    await world.broker.publish([killer, *others])
    world.run(Drain(world.db, world.broker, [queue]).run())
    for _ in range(2):  # who took it goes away without a word
        async with Broker(world.amqp_url, name="dies", timing=QUICK) as broker:
            (received,) = await broker.subscribe(queue.name, prefetch=1).take(1)
            assert received.message_id == str(killer.message_id)
    await world.until_count("dead_letters", 1)
    found = "select queue, message_id, error, detail, state::text, attempts from messages.dead_letters"
    sentence = "Delivered too often without an answer; it may kill its consumer."
    assert await world.rows(found) == [(queue.name, killer.message_id, "delivery-limit", sentence, "dead", 1)]
    world.consume(Handler(fragile, apply=apply))
    await world.until_count("inbox", 3)
    assert sorted(await world.effects()) == [1, 2, 3]
    assert (await dlq.replay(world.db, Filter(error="delivery-limit"), "ann")).replayed == 1
    world.relay()
    await world.until_count("inbox", 4)


async def test_one_without_a_readable_id_that_is_delivered_again_has_one_dead_letter(world: World) -> None:
    await world.broker.publish([message(world.event(n=1))])
    for _ in range(2):  # who buried it dies before the acknowledgement
        async with Broker(world.amqp_url, name="dies", timing=QUICK) as broker:
            (received,) = await broker.subscribe(world.queue.name, prefetch=1).take(1)
            nameless = msgspec.structs.replace(received, message_id="not an id")
            await ledger.bury_received(world.db, nameless, BAD)
    assert nameless.redelivered
    assert await world.rows("select raw from messages.dead_letters") == [(received.body,)]
    twin = msgspec.structs.replace(nameless, redelivered=False)
    await ledger.bury_received(world.db, twin, BAD)
    assert len(await ids(world)) == 2


def test_the_reason_of_a_death_is_read_from_its_headers() -> None:
    assert explain({"x-death": [{"reason": "delivery_limit", "count": 1}]}).error == "delivery-limit"
    assert explain({"x-death": [{"reason": "maxlen"}]}).detail == "The queue was full."
    assert explain({}).error == "unknown"
    assert explain({"x-death": "nonsense"}).error == "unknown"


async def test_looking_changes_nothing(world: World) -> None:
    await bury(world, 3)
    before = await world.rows("select * from messages.dead_letters order by id")
    for _ in range(20):
        await dlq.find(world.db, Filter())
        await dlq.count(world.db, Filter())
        await dlq.show(world.db, before[0][0])
    assert await world.rows("select * from messages.dead_letters order by id") == before
    assert await dlq.actions(world.db) == []


async def test_the_newest_of_a_queue_are_found_by_an_index(world: World) -> None:
    for queue, state in (("api.other", "dead"), (world.queue.name, "replayed")):
        await world.do(f"""
            insert into messages.dead_letters (message_id, queue, state, body, error, detail, attempts)
            select gen_random_uuid(), '{queue}', '{state}', '{{}}', 'bad', 'd', 1
            from generate_series(1, 3000)
        """)
    await bury(world, 3)
    await world.do("analyze messages.dead_letters")
    found = await dlq.find(world.db, Filter(queue=world.queue.name))
    assert [row.id for row in found] == sorted(await ids(world), reverse=True)[:3]
    plans = [
        "\n".join(line for (line,) in await world.rows(f"explain (generic_plan) {text.sql.decode()}"))
        for text in queries.messages.list_dead.texts.values()
        if b"d.state = " in text.sql
    ]
    assert len(plans) == 2
    for plan in plans:
        assert "Index Cond" in plan
        assert "Sort" not in plan


async def test_filters_choose(world: World) -> None:
    await bury(world, 4)
    await bury(world, 2, UGLY)

    async def found(**members: Any) -> int:
        return sum(row.n for row in await dlq.count(world.db, Filter(**members)))

    assert await found() == 6
    assert await found(error="ugly") == 2
    assert await found(queue=world.queue.name) == 6
    assert await found(queue="api.other") == 0
    assert await found(type=world.queue.name) == 6
    assert await found(where={"n": "1"}) == 2
    assert await found(where={"n": "1"}, error="bad") == 1
    assert await found(where={"n.deeper": "1"}) == 0
    assert await found(died_before=now() - timedelta(hours=1)) == 0
    assert await found(died_after=now() - timedelta(hours=1)) == 6
    assert await found(ids=tuple((await ids(world))[:2])) == 2
    assert await found(state="replayed") == 0
    assert await found(state=None) == 6
    await dlq.discard(world.db, Filter(error="ugly"), "ann", "test")
    assert await found() == 4
    assert await found(state="discarded") == 2


async def test_a_replay_takes_effect_with_the_old_ids(world: World) -> None:
    await bury(world, 5)
    old = await world.rows("select message_id from messages.dead_letters order by message_id")
    done = await dlq.replay(world.db, Filter(error="bad"), "ann@desk")
    assert (done.replayed, done.applied, done.outcome) == (5, 0, "done")
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 5)
    assert await world.rows("select message_id from messages.inbox order by message_id") == old
    (action,) = await dlq.actions(world.db)
    assert (action.who, action.what, action.n, action.outcome) == ("ann@desk", "replay", 5, "done")


async def test_a_replay_of_something_applied_is_told_as_such(world: World) -> None:
    await bury(world, 3)
    await world.do(
        "insert into messages.inbox (consumer, message_id)"
        " select queue, message_id from messages.dead_letters order by id limit 1"
    )
    (preview,) = await dlq.count(world.db, Filter())
    assert (preview.n, preview.applied) == (3, 1)
    done = await dlq.replay(world.db, Filter(), "ann")
    assert (done.replayed, done.applied) == (2, 1)
    assert await world.rows(
        "select state::text, count(*) from messages.dead_letters group by 1 order by 1"
    ) == [
        ("applied", 1),
        ("replayed", 2),
    ]


async def test_two_replays_at_once_send_each_letter_once(world: World) -> None:
    await bury(world, 40)
    manner = Manner(rate=200)
    first, second = await asyncio.gather(
        dlq.replay(world.db, Filter(), "ann", manner), dlq.replay(world.db, Filter(), "ben", manner)
    )
    assert first.replayed + second.replayed == 40
    assert await world.ask("select count(*) from messages.outbox") == 40


async def test_a_replay_that_was_killed_goes_on_where_it_was(world: World) -> None:
    await bury(world, 30)
    task = asyncio.create_task(dlq.replay(world.db, Filter(), "ann", Manner(rate=50)))
    await world.until_count("outbox", 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    done = await world.ask("select count(*) from messages.outbox")
    assert 5 <= done < 30
    (action,) = await dlq.actions(world.db)
    assert (action.n, action.outcome) == (done, "interrupted")
    rest = await dlq.replay(world.db, Filter(), "ann")
    assert rest.replayed == 30 - done
    assert await world.ask("select count(distinct message_id) from messages.outbox") == 30


async def test_a_replay_keeps_to_rate_and_limit(world: World) -> None:
    await bury(world, 30)
    loop = asyncio.get_running_loop()
    started = loop.time()
    done = await dlq.replay(world.db, Filter(), "ann", Manner(rate=100, limit=25))
    assert done.replayed == 25
    assert 0.1 < loop.time() - started < 2


async def test_a_replay_in_order_waits_for_each_effect(world: World) -> None:
    await bury(world, 6, order_key="one")
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    done = await dlq.replay(world.db, Filter(), "ann", Manner(in_order=True, patience=10))
    assert done.outcome == "done"
    assert await world.effects() == [0, 1, 2, 3, 4, 5]


async def test_a_replay_in_order_stops_when_nothing_happens(world: World) -> None:
    await bury(world, 3)
    done = await dlq.replay(world.db, Filter(), "ann", Manner(in_order=True, patience=0.2))
    assert done.replayed == 1
    assert "neither applied nor dead" in done.outcome


async def test_a_replay_stops_after_failures_and_the_new_letters_name_the_old(world: World) -> None:
    async def write(_: Tx, __: Any, ___: Any) -> None:
        raise Invalid("Still wrong.")

    await bury(world, 5)
    world.relay()
    world.consume(Handler(world.event, apply=write))
    manner = Manner(in_order=True, stop_after_failures=2, patience=10)
    done = await dlq.replay(world.db, Filter(error="bad"), "ann", manner)
    assert (done.replayed, done.outcome) == (2, "stopped: 2 died again")
    first = (await ids(world))[0]
    shown = await dlq.show(world.db, first)
    assert [(life.state, life.error) for life in shown.lives] == [("replayed", "bad"), ("dead", "invalid")]
    assert [failure.error for failure in shown.failures] == ["bad", "invalid"]


def to(body: bytes) -> Callable[[bytes], bytes]:
    """A change that makes every body the same."""
    return lambda _: body


async def test_an_edited_letter_is_sent_under_a_new_id_and_checked(world: World) -> None:
    await bury(world, 1)
    one = Filter(ids=tuple(await ids(world)))
    wrong = await dlq.edit(world.db, one, to(b'{"n": "word"}'), lambda _: world.event, "ann")
    assert (wrong.edited, wrong.unfit, wrong.outcome) == (0, 1, "done; 1 did not fit")
    assert "no Own" in (wrong.reason or "")
    done = await dlq.edit(world.db, one, to(b'{"n": 99}'), lambda _: world.event, "ann")
    with pytest.raises(Conflict, match="dealt with already"):
        await dlq.edit(world.db, one, to(b'{"n": 99}'), lambda _: world.event, "ann")
    with pytest.raises(NotFound):
        await dlq.edit(world.db, Filter(ids=(4711,)), to(b'{"n": 99}'), lambda _: world.event, "ann")
    world.relay()
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 1)
    assert await world.effects() == [99]
    assert [str(await world.ask("select message_id from messages.inbox"))] == done.message_ids
    assert [(action.n, action.outcome) for action in await dlq.actions(world.db)] == [
        (1, "done"),
        (0, "done; 1 did not fit"),
    ]


async def test_many_letters_are_edited_in_batches_and_those_that_do_not_fit_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dlq, "BATCH", 7)
    await bury(world, 20)
    await bury(world, 2, UGLY)

    def change(body: bytes) -> bytes:
        n = msgspec.json.decode(body)["n"]
        return msgspec.json.encode({"n": "odd" if n % 2 else n + 1000})

    before = await world.rows("select state::text, count(*) from messages.dead_letters group by 1")
    bad = Filter(error="bad")
    preview = await dlq.preview_edit(world.db, bad, change, lambda _: world.event)
    assert (preview.edited, preview.unfit) == (10, 10)
    assert msgspec.json.decode(preview.sample or b"")["n"] >= 1000
    assert await world.rows("select state::text, count(*) from messages.dead_letters group by 1") == before
    done = await dlq.edit(world.db, bad, change, lambda _: world.event, "ann")
    assert (done.edited, done.unfit) == (10, 10)
    assert await world.ask("select count(*) from messages.outbox where (body ->> 'n')::int >= 1000") == 10
    assert len(await dlq.find(world.db, Filter())) == 12
    (action,) = await dlq.actions(world.db)
    assert (action.what, action.who, action.n) == ("edit", "ann", 10)


async def test_undecodable_letters_are_never_replayed_but_can_be_edited(world: World) -> None:
    await bury(world, 1, body=b"\xff")
    assert (await dlq.replay(world.db, Filter(), "ann")).replayed == 0
    (letter,) = await ids(world)
    assert (await dlq.show(world.db, letter)).letter.raw == b"\xff"
    await dlq.edit(world.db, Filter(ids=(letter,)), to(b'{"n": 5}'), lambda _: world.event, "ann")
    assert await world.ask("select body ->> 'n' from messages.outbox") == "5"


async def test_discarded_letters_stay_to_be_looked_at(world: World) -> None:
    await bury(world, 3)
    await bury(world, 2, UGLY)
    assert await dlq.discard(world.db, Filter(error="bad"), "ann", "test data") == 3
    assert await dlq.discard(world.db, Filter(error="bad"), "ann", "again") == 0
    assert (await dlq.replay(world.db, Filter(), "ann")).replayed == 2
    assert len(await dlq.find(world.db, Filter(state="discarded"))) == 3
    newest, _, first = await dlq.actions(world.db)
    assert (newest.what, first.what, first.n, first.reason) == ("replay", "discard", 3, "test data")


async def test_a_replayed_job_is_queued_again(world: World) -> None:
    job_id = await world.ask(
        "insert into jobs (id, action, status, error_code, finished_at)"
        " values (gen_random_uuid(), 'x', 'failed', 'bad', now()) returning id"
    )
    await bury(world, 1, job_id=job_id)
    await dlq.replay(world.db, Filter(), "ann")
    assert await world.rows("select status::text, error_code, finished_at from jobs") == [
        ("queued", None, None)
    ]


async def test_a_letter_that_does_not_exist_is_told(world: World) -> None:
    with pytest.raises(NotFound, match="no dead letter 4711"):
        await dlq.show(world.db, 4711)


async def test_newer_messages_of_the_same_key_are_counted(world: World) -> None:
    await bury(world, 2, order_key="one")
    await world.do(
        "insert into messages.sent"
        " (message_id, position, queue, version, body, order_key, attempts, created_at)"
        f" values (gen_random_uuid(), 2, '{world.queue.name}', 1, '{{}}', 'one', 0, now())"
    )
    (preview,) = await dlq.count(world.db, Filter())
    assert preview.superseded == 1


async def _drained(world: World) -> bool:
    return await world.broker.depth(world.queue.dead) == 0


async def test_handlers_see_deliveries_of_a_replay(world: World) -> None:
    seen: list[Delivery[Ping]] = []

    async def prepare(_: None, delivery: Delivery[Ping]) -> None:
        seen.append(delivery)

    await bury(world, 1)
    await dlq.replay(world.db, Filter(), "ann")
    world.relay()
    world.consume(Handler(world.event, prepare=prepare))
    await world.until_count("inbox", 1)
    assert seen[0].message.replay_of == (await ids(world))[0]


async def test_a_large_replay_goes_on_in_even_steps_and_each_letter_moves_once(world: World) -> None:
    await world.do(f"""
        insert into messages.dead_letters
            (message_id, queue, version, body, position, error, detail, attempts)
        select gen_random_uuid(), '{world.event.queue}', 1, jsonb_build_object('n', n), n, 'bad', 'd', 1
        from generate_series(1, 3000) as n
    """)
    steps: list[int] = []
    done = await dlq.replay(world.db, Filter(error="bad", where={"n": "7"}), "me", advance=steps.append)
    assert (done.replayed, steps) == (1, [1])
    done = await dlq.replay(world.db, Filter(error="bad"), "me", advance=steps.append)
    assert (done.replayed, steps[1:]) == (2999, [500] * 5 + [499])
    positions = "select position from messages.outbox order by created_at, position"
    assert len(await world.rows(positions)) == 3000
    assert await world.rows("select what, n, outcome from messages.dead_letter_actions order by id") == [
        ("replay", 1, "done"),
        ("replay", 2999, "done"),
    ]
