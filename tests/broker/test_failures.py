"""What failures lead to: the ladder of tries, dead letters with their reasons, and the breaker."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg
import pytest

from genjilib import queries
from genjilib.broker.breaker import Breaker
from genjilib.broker.failures import TimeLimitError, Verdict, database_away, judge
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit_job
from genjilib.core.errors import Conflict, Forbidden, Invalid, NotFound, Poison, RateLimited, Unavailable
from genjilib.db import Db, Tx
from tests.broker.world import Ping, World, apply, message


@pytest.mark.parametrize("kind", [Invalid, NotFound, Conflict, Forbidden, Poison])
def test_what_a_retry_cannot_heal_is_dead_at_once(kind: type[Invalid]) -> None:
    failure = judge(kind("No.", code="no-such-map"), attempt=1)
    assert (failure.verdict, failure.error, failure.detail) == (Verdict.DEAD, "no-such-map", "No.")
    assert failure.blame == (kind is not Poison)


@pytest.mark.parametrize("kind", [RateLimited, Unavailable])
def test_what_heals_by_itself_is_tried_again_uncounted(kind: type[Unavailable]) -> None:
    failure = judge(kind("Later.", after=7), attempt=5)
    assert (failure.verdict, failure.after) == (Verdict.AGAIN, 7)


def test_anything_else_is_tried_five_times() -> None:
    waits = [judge(KeyError("x"), attempt).after for attempt in (1, 2, 3, 4)]
    assert waits == [1, 10, 60, 600]
    assert judge(KeyError("x"), 5).verdict is Verdict.DEAD


@pytest.mark.timeout(60)
async def test_a_statement_that_postgresql_refuses_counts_and_is_no_outage(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop table public.newsfeed cascade")
    async with Db.connect(database_url, name="test") as db:
        with pytest.raises(psycopg.errors.UndefinedTable) as refused:
            await queries.newsfeed.get(db, newsfeed_id=1)
    assert not database_away(refused.value)
    assert judge(refused.value, 1).verdict is Verdict.RETRY
    itself = ValueError("raised from itself")
    itself.__cause__ = itself
    assert not database_away(itself)


def test_a_time_limit_counts() -> None:
    failure = judge(TimeLimitError("too long"), 1)
    assert (failure.verdict, failure.error) == (Verdict.RETRY, "time-limit")


def test_a_failure_names_its_place_and_hides_passwords() -> None:
    try:
        raise RuntimeError("cannot reach amqp://app:hunter2@host/ \0")
    except RuntimeError as error:
        failure = judge(error, 1)
    assert failure.error == "runtime"
    assert "hunter2" not in failure.detail + str(failure.stack)
    assert "\0" not in failure.detail + str(failure.stack)
    assert failure.place is not None
    assert "test_failures.py:" in failure.place


def test_only_a_database_that_is_away_counts_as_away() -> None:
    translated = Unavailable("The database is not available at the moment.", after=5)
    translated.__cause__ = psycopg.OperationalError("server closed the connection")
    busy = Unavailable("Somebody else …", after=1, code="busy")
    busy.__cause__ = psycopg.errors.DeadlockDetected()
    assert database_away(translated)
    assert database_away(psycopg.InterfaceError("the connection is closed"))
    assert database_away(psycopg.errors.ReadOnlySqlTransaction())
    assert not database_away(busy)
    assert not database_away(Unavailable("Discord does not answer.", after=5))
    assert not database_away(psycopg.errors.UniqueViolation())


async def test_a_handler_that_always_raises_leaves_a_dead_letter_after_five_tries(world: World) -> None:
    async def write(_: Tx, deliveries: Sequence[Delivery[Ping]], __: Sequence[Any]) -> None:
        raise ZeroDivisionError(f"try {deliveries[0].message.attempt}")

    await emit_job(world.db, world.event(n=1))
    world.relay()
    world.consume(Handler(world.event, apply=write))
    await world.until_count("dead_letters", 1)
    assert await world.rows("select attempt, counted, detail from messages.failures order by id") == [
        (attempt, True, f"try {attempt}") for attempt in (1, 2, 3, 4, 5)
    ]
    (row,) = await world.rows(
        "select message_id, error, attempts, place, first_failed_at < died_at from messages.dead_letters"
    )
    sent = await world.ask("select distinct message_id from messages.sent")
    assert row[:3] == (sent, "zero-division", 5)
    assert "test_failures.py:" in row[3]
    assert row[4]
    assert await world.rows("select status::text, error_code, error_msg, attempts from jobs") == [
        ("failed", "zero-division", "try 5", 5)
    ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"body": b"\xff\x00 not JSON"}, "undecodable"),
        ({"body": b'{"n": "a word"}'}, "undecodable"),
        ({"body": b'{"n": 1, "key": "\\u0000"}', "version": 9}, "unknown-version"),
        ({"version": 2}, "unknown-version"),
        ({"body": b'{"n": 1, "key": "' + b"x" * 1_100_000 + b'"}'}, "too-large"),
        ({"order_key": "y" * 300}, "undecodable"),
        ({"body": b"[" * 100_000}, "undecodable"),
    ],
)
async def test_poison_is_dead_at_once_and_the_rest_is_applied(
    world: World, changes: dict[str, Any], error: str
) -> None:
    good = world.event(n=1)
    await world.broker.publish([message(good), message(good, **changes), message(good)])
    world.consume(Handler(world.event, apply=apply))
    await world.until_count("inbox", 2)
    await world.until_count("dead_letters", 1)
    rows = await world.rows(
        "select error, coalesce(raw, convert_to(body::text, 'UTF8')) from messages.dead_letters"
    )
    assert rows[0][0] == error
    wanted = changes.get("body", msgspec.json.encode(good))
    assert len(rows[0][1]) >= len(wanted)


async def test_a_message_that_cannot_be_stored_as_json_is_kept_raw(world: World) -> None:
    async def write(_: Tx, __: Sequence[Delivery[Ping]], ___: Sequence[Any]) -> None:
        raise RuntimeError

    body = b'{"n": 1, "key": "\\u0000"}'
    await world.broker.publish([message(world.event(n=1), body=body)])
    world.consume(Handler(world.event, apply=write))
    await world.until_count("dead_letters", 1)
    assert await world.ask("select raw from messages.dead_letters") == body


def test_the_breaker_opens_at_half_and_closes_after_successes() -> None:
    breaker = Breaker(window=10, needed=2)
    for _ in range(5):
        breaker.succeed()
        assert not breaker.fail()
    assert not breaker.open
    assert breaker.fail()
    assert breaker.open
    assert not breaker.succeed()
    breaker.fail()
    assert not breaker.succeed()
    assert breaker.succeed()
    assert not breaker.open


async def test_a_bad_deploy_stops_at_the_breaker_and_heals_without_a_person(world: World) -> None:
    bad = True

    async def write(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        if bad:
            raise NotFound("Everything is wrong.")
        await apply(tx, deliveries, _)

    await world.broker.publish([message(world.event(n=n)) for n in range(600)])
    world.relay()
    world.consume(Handler(world.event, apply=write, batch=300))
    await world.until_count("dead_letters", 100)
    await asyncio.sleep(1)
    dead = await world.ask("select count(*) from messages.dead_letters")
    assert 100 <= dead <= 200
    bad = False
    await world.until_count("inbox", 600 - dead)
    assert await world.ask("select count(*) from messages.dead_letters") == dead


async def test_messages_wait_while_postgresql_is_away(world: World) -> None:
    await world.broker.publish([message(world.event(n=n)) for n in range(200)])
    name = psycopg.conninfo.conninfo_to_dict(world.url)["dbname"]
    other = psycopg.conninfo.make_conninfo(world.url, dbname="postgres")
    async with await psycopg.AsyncConnection.connect(other, autocommit=True) as admin:
        world.consume(Handler(world.event, apply=apply, batch=5))
        await asyncio.sleep(0.05)
        await admin.execute(f'alter database "{name}" allow_connections false')
        try:
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and application_name = 'genji-test'", (name,)
            )  # fmt: skip
            await asyncio.sleep(0.5)
        finally:
            await admin.execute(f'alter database "{name}" allow_connections true')
    await world.until_count("inbox", 200)
    assert sorted(await world.effects()) == list(range(200))
    assert await world.ask("select count(*) from messages.failures") == 0
    assert await world.ask("select count(*) from messages.dead_letters") == 0
