"""The worker dies, hangs, doubts, or is fed nonsense: each message still takes effect once."""

import asyncio
import random
from typing import Any

import pytest

from tests.broker.world import message
from tests.chaos.effects import Effect
from tests.chaos.scene import LONG, MESSAGES, PROMPT, STRIKES, Scene

WRITES = "messages.mark_applied"
"""A statement of the transactions that apply messages."""

DUPLICATES = "genji_messages_duplicate_total"


@pytest.mark.row("1")
async def test_a_worker_killed_before_its_commit_applies_nothing_twice(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.database.strike("client", "COMMIT", within=WRITES)
        await scene.emit(MESSAGES // STRIKES)
        worker = await scene.killed_at(strike, worker)
    assert scene.recovery <= PROMPT
    await scene.verdict()


@pytest.mark.row("2")
async def test_a_worker_killed_before_its_ack_applies_nothing_twice(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.broker.strike("client", "basic.ack", nth=2)
        await scene.emit(MESSAGES // STRIKES)
        worker = await scene.killed_at(strike, worker)
    await scene.rest()
    assert await worker.metric(DUPLICATES) > 0
    await scene.verdict()


@pytest.mark.row("3")
async def test_a_commit_in_doubt_is_neither_acknowledged_nor_given_up(scene: Scene) -> None:
    worker = await scene.worker()
    for _ in range(STRIKES):
        strike = scene.database.strike("server", "COMMIT", within=WRITES)
        await scene.emit(MESSAGES // STRIKES)
        await strike.seen()
        scene.hit()
        strike.cut()
        await scene.recovered()
    assert await worker.metric(DUPLICATES) > 0
    await scene.verdict()


@pytest.mark.row("4")
async def test_a_worker_killed_at_random_moments_costs_nobody_anything(scene: Scene) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    strikes = 50 if LONG else 3
    worker = await scene.worker()
    load = asyncio.create_task(scene.emit(MESSAGES, pause=strikes * 25 / MESSAGES))
    for _ in range(strikes):
        await asyncio.sleep(moments.uniform(0, 0.5))
        await worker.kill()
        scene.hit()
        worker = await scene.worker()
    await load
    await scene.emit(20)
    await scene.recovered()
    await scene.verdict()


@pytest.mark.row("16")
async def test_messages_delivered_three_times_in_any_order_take_effect_once(scene: Scene) -> None:
    worker = await scene.worker()
    messages = [message(Effect(n=n)) for n in range(MESSAGES)] * 3
    random.shuffle(messages)
    await scene.publish(messages)
    scene.ledger.accepted.update(range(MESSAGES))
    await scene.rest()

    async def all_seen() -> bool:
        return await worker.metric(DUPLICATES) == 2 * MESSAGES

    await scene.until(all_seen)
    await scene.verdict()


POISON: list[tuple[str, dict[str, Any]]] = [
    ("undecodable", {"body": b"\xff\x00 not JSON"}),
    ("undecodable", {"body": b'{"colour": "red"}'}),
    ("unknown-version", {"version": 9}),
    ("too-large", {"body": b'{"n": 1, "fate": "' + b"x" * 1_048_576 + b'"}'}),
]


@pytest.mark.row("17a")
async def test_of_poison_each_dies_at_once_with_its_reason(scene: Scene) -> None:
    worker = await scene.worker()
    each = min(MESSAGES // 400, 50)
    ids = iter(range(10**9, 10**9 + each * len(POISON)))
    poison = [message(Effect(n=next(ids)), **changes) for _, changes in POISON for _ in range(each)]
    await asyncio.gather(scene.emit(MESSAGES), scene.publish(poison))
    await scene.verdict(dead=len(poison))
    assert worker.status == 0
    found = await scene.rows("select error, count(*) from messages.dead_letters group by 1 order by 1")
    assert found == [("too-large", each), ("undecodable", 2 * each), ("unknown-version", each)]


@pytest.mark.row("17b")
async def test_a_message_that_always_raises_is_dead_after_five_tries(scene: Scene) -> None:
    await scene.worker()
    await scene.emit(MESSAGES // 2)
    await scene.emit(1, fate="raise")
    await scene.emit(MESSAGES // 2)
    await scene.verdict(dead=1)
    tries = await scene.rows("select attempt, counted, error from messages.failures order by id")
    assert tries == [(attempt, True, "zero-division") for attempt in (1, 2, 3, 4, 5)]


@pytest.mark.row("17c")
async def test_a_message_that_kills_its_worker_takes_no_other_along(scene: Scene) -> None:
    limit = 20 if LONG else 6  # two or three crashes until it is alone
    await scene.limit_deliveries(limit)
    await scene.publish([message(Effect(n=n, fate="kill" if n == 50 else "")) for n in range(MESSAGES)])
    scene.ledger.accepted.update(range(MESSAGES))
    deaths, worker = 0, await scene.worker(ready=False)
    scene.hit()
    while not await scene.dead():
        if worker.status is not None:
            deaths, worker = deaths + 1, await scene.worker(ready=False)
        await asyncio.sleep(0.05)
    await scene.recovered()
    await scene.verdict(dead=1)
    died = "select error, (body ->> 'n')::int from messages.dead_letters"
    assert await scene.rows(died) == [("delivery-limit", 50)]
    assert deaths <= limit + 2


@pytest.mark.row("17d")
async def test_a_message_that_hangs_is_stopped_and_given_up_while_others_flow(scene: Scene) -> None:
    await scene.worker("hasty")
    await scene.emit(MESSAGES // 2)
    await scene.emit(1, fate="hang")
    scene.hit()
    await scene.emit(MESSAGES // 2)
    await scene.recovered()
    await scene.verdict(dead=1)
    assert await scene.rows("select error, attempts from messages.dead_letters") == [("time-limit", 5)]


@pytest.mark.row("22")
async def test_messages_in_another_order_lead_to_the_same_rows(scene: Scene) -> None:
    await scene.worker("mirror")
    await scene.do("insert into chaos.things select id, 0 from generate_series(0, 39) as id")
    messages = [message(Effect(n=n)) for n in range(MESSAGES)]
    part = min(1000, MESSAGES // 4)
    for start in range(0, MESSAGES, part):
        # A message says only that its thing changed; many of them are about each, and some come late.
        await scene.do("update chaos.things set value = value + 1")
        shuffled = messages[start : start + part]
        random.shuffle(shuffled)
        await scene.publish(shuffled)
    scene.ledger.accepted.update(range(MESSAGES))
    await scene.verdict()
    assert await scene.rows("select * from chaos.things except select * from chaos.shown") == []
