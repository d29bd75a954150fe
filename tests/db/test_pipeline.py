"""Shared connections: many reads on one, each with its own answer, failure, cancellation and time."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest

from genjilib.core import metrics
from genjilib.core.errors import Invalid, Unavailable
from genjilib.db import Db, pipeline
from genjilib.db.connection import Connection
from genjilib.db.pipeline import Lost, Pipeline
from tests.db.statements import Own, Queries, open_db
from tests.db.test_pool import GOODBYE, ask


async def until_shared(db: Db) -> Db:
    """Wait for a shared connection, before which reads go to the pool."""
    assert db._pipelines is not None
    async with asyncio.timeout(10):
        while not db._pipelines.pick():
            await asyncio.sleep(0.005)
    return db


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """A database with one shared connection and one in the pool."""
    async with open_db(database_url) as opened:
        yield await until_shared(opened)


@pytest.fixture
def pid(sql: Queries) -> Own:
    return sql.make("pid", "select pg_backend_pid() where :n::integer > 0", n="integer")


@pytest.fixture
def inverse(sql: Queries) -> Own:
    return sql.make("inverse", "select 840 / :n::integer", n="integer")


@pytest.fixture
def sleep(sql: Queries) -> Own:
    return sql.make("sleep", "select :n::float8 from pg_sleep(:n)", n="double precision")


async def test_reads_share_a_connection_and_others_do_not(
    db: Db, database_url: str, pid: Own, sql: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_BUSY", 30.0)  # however busy the machine is
    write = sql.make("write", "select pg_backend_pid()", head="-- writes: core.users\n")
    slow = sql.make("slow", "select pg_backend_pid()", head="-- slow: it reads everything\n")
    shared = set(await asyncio.gather(*(pid.value(db, n=n + 1) for n in range(50))))
    assert len(shared) == 1
    assert await write.value(db) == await slow.value(db) not in shared
    async with db.transaction() as tx:
        assert await pid.value(tx, n=1) == await write.value(tx)
    async with open_db(database_url, database_pipelines=0) as plain:
        assert await pid.value(plain, n=1) == await write.value(plain)


async def test_a_failure_is_its_callers_alone(db: Db, inverse: Own, sql: Queries) -> None:
    number = sql.make("number", "select :v::text::smallint", v="text")
    wrong = sql.make("wrong", "select coda, :n::integer", n="integer")
    for _ in range(2):
        numbers = [4, 0, 7, 0, 0, 8, 2, 0]
        reads = [inverse.value(db, n=n) for n in numbers]
        reads += [
            number.value(db, v="99999"),
            wrong.value(db, n=1),
            number.value(db, v="3"),
            wrong.one(db, n=2),
        ]
        found = await asyncio.gather(*reads, return_exceptions=True)
        assert [value for value in found if isinstance(value, int)] == [210, 120, 105, 420, 3]
        failures = [type(value) for value in found if isinstance(value, BaseException)]
        assert failures == [
            *[psycopg.errors.DivisionByZero] * 4,
            Invalid,
            *[psycopg.errors.UndefinedColumn] * 2,
        ]


async def test_what_writes_without_saying_so_is_never_undone_by_a_neighbour(
    db: Db, database_url: str, inverse: Own, sql: Queries
) -> None:
    ask(database_url, b"create schema test; create table test.things (n integer)")
    ask(
        database_url,
        b"create function test.add(n integer) returns integer language sql"
        b" as 'insert into test.things values (n) returning n'",
    )
    add = sql.make("add", "select test.add(:n)", n="integer")
    count = sql.make("count", "select count(*) from test.things")
    for n in (1, 2):
        found = await asyncio.gather(
            add.value(db, n=n), inverse.value(db, n=0), add.value(db, n=n), return_exceptions=True
        )
        assert (found[0], found[2]) == (n, n)
    assert await count.value(db) == 4
    lock = sql.make("lock", "select n from test.things for update")
    assert await lock.many(db) == [1, 1, 2, 2]


async def test_a_cancelled_caller_does_not_shift_the_answers_of_others(db: Db, inverse: Own) -> None:
    for delay in (None, 0, 0, 0.001):
        tasks = [asyncio.create_task(inverse.value(db, n=n)) for n in range(1, 30)]
        if delay is not None:
            await asyncio.sleep(delay)
        for task in tasks[::3]:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        for n, value in enumerate(found, 1):
            cancelled = (n - 1) % 3 == 0 and isinstance(value, asyncio.CancelledError)
            assert cancelled or value == 840 // n


async def test_a_long_statement_holds_up_only_those_already_behind_it(
    db: Db, pid: Own, sleep: Own, inverse: Own
) -> None:
    shared = await pid.value(db, n=1)
    long = asyncio.create_task(sleep.value(db, n=1))
    await asyncio.sleep(0.05)
    behind = asyncio.create_task(inverse.value(db, n=2))
    await asyncio.sleep(pipeline._BUSY)
    assert await pid.value(db, n=1) != shared
    assert not long.done()
    assert not behind.done()
    assert (await long, await behind) == (1, 420)
    assert await pid.value(db, n=1) == shared


async def test_a_slow_statement_is_ended_by_postgresql(database_url: str, sleep: Own, inverse: Own) -> None:
    async with open_db(database_url, statement_timeout=0.1) as opened:
        db = await until_shared(opened)
        found = await asyncio.gather(
            sleep.value(db, n=5), *(inverse.value(db, n=n) for n in (1, 2)), return_exceptions=True
        )
    assert isinstance(found[0], Unavailable)
    assert found[0].code == "timeout"
    assert found[1:] == [840, 420]


async def test_what_nobody_waits_for_is_ended_and_its_connection_replaced(
    database_url: str, pid: Own, sleep: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_LOOK", 0.05)
    running = b"select count(*) from pg_stat_activity where query like '%test.sleep%' and state = 'active'"
    async with open_db(database_url) as opened:
        db = await until_shared(opened)
        before = await pid.value(db, n=1)
        waiting = [asyncio.create_task(sleep.value(db, n=60)) for _ in range(2)]
        await asyncio.sleep(0.05)
        for task in waiting:
            task.cancel()
        async with asyncio.timeout(10):
            while ask(database_url, running) != 1:  # the one that asks
                await asyncio.sleep(0.05)
            await until_shared(db)
        assert await pid.value(db, n=1) != before


async def test_a_connection_lost_under_way_costs_no_read(db: Db, database_url: str, sleep: Own) -> None:
    reads = [asyncio.create_task(sleep.value(db, n=0.1)) for _ in range(3)]
    await asyncio.sleep(0.05)
    ask(database_url, GOODBYE)
    assert await asyncio.gather(*reads) == [0.1] * 3
    await until_shared(db)


async def test_silence_beyond_every_limit_is_a_lost_connection(database_url: str, sleep: Own) -> None:
    connection = await Connection.connect(database_url, autocommit=True)
    shared = Pipeline(connection, prepare=True, limit=0.5)
    waiting = [asyncio.create_task(shared.execute(*sleep._prepare((60,), None))) for _ in range(2)]
    await asyncio.sleep(0.02)
    shared.look_after()
    assert not shared.closed
    await asyncio.sleep(0.5)
    shared.look_after()
    assert shared.closed
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(error) for error in found] == ["PostgreSQL is silent"] * 2
    with pytest.raises(Lost):
        await shared.execute(*sleep._prepare((60,), None))


async def test_what_is_larger_than_a_socket_holds_goes_through(db: Db, sql: Queries) -> None:
    echo = sql.make("echo", "select :v::text", v="text")
    texts = [chr(ord("a") + n) * 2_000_000 for n in range(12)]
    assert await asyncio.gather(*(echo.value(db, v=text) for text in texts)) == texts


async def test_without_names_everything_works_too_and_types_may_change(
    database_url: str, inverse: Own, sql: Queries
) -> None:
    ask(database_url, b"create schema test; create table test.things as select 1 as n")
    things = sql.make("things", "select n from test.things")
    listed = sql.make("listed", "select name::text from pg_prepared_statements")
    async with open_db(database_url, database_prepare=False) as opened:
        db = await until_shared(opened)
        assert await things.value(db) == 1
        ask(
            database_url,
            b"alter table test.things alter column n type bigint; update test.things set n = 2^40",
        )
        assert await things.value(db) == 2**40
        found = await asyncio.gather(*(inverse.value(db, n=n) for n in (0, 1, 2)), return_exceptions=True)
        assert found[1:] == [840, 420]
        assert await listed.many(db) == []


async def test_a_change_of_a_table_costs_no_read(db: Db, database_url: str, sql: Queries) -> None:
    ask(database_url, b"create schema test; create table test.things as select 1 as n")
    things = sql.make("things", "select n from test.things")
    assert await things.value(db) == 1
    ask(database_url, b"alter table test.things alter column n type bigint")
    assert await asyncio.gather(*(things.value(db) for _ in range(5))) == [1] * 5
    await until_shared(db)
    assert await things.value(db) == 1


async def test_reads_on_their_way_and_connections_are_counted(db: Db, sleep: Own) -> None:
    def gauge(name: str) -> float | None:
        return metrics.REGISTRY.get_sample_value(name)

    reads = [asyncio.create_task(sleep.value(db, n=0.3)) for _ in range(2)]
    await asyncio.sleep(0.02)
    assert (gauge("genji_reads_in_flight"), gauge("genji_pipelines_open")) == (2, 1)
    await asyncio.gather(*reads)
    assert gauge("genji_reads_in_flight") == 0


async def test_a_second_connection_takes_part_when_the_first_is_full_or_silent(
    database_url: str, pid: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_db(database_url, database_pipelines=2) as db:
        await until_shared(db)
        async with asyncio.timeout(10):
            while metrics.REGISTRY.get_sample_value("genji_pipelines_open") != 2:
                await asyncio.sleep(0.005)
        monkeypatch.setattr(pipeline, "_BUSY", 30.0)  # however busy the machine is
        for slow, count, used in ((30.0, 14, 1), (30.0, 15, 2), (0.0, 2, 2)):
            monkeypatch.setattr(pipeline, "_SLOW", slow)
            found = await asyncio.gather(*(pid.value(db, n=n + 1) for n in range(count)))
            assert len(set(found)) == used, count


async def test_a_server_that_is_away_is_asked_again_with_growing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times: list[float] = []

    async def connect() -> Connection:
        times.append(time.monotonic())
        raise psycopg.OperationalError("no")

    pipelines = pipeline.Pipelines(connect, size=1, prepare=True, limit=30)
    pipelines.start()
    for _ in range(10):
        await asyncio.sleep(0.05)
        assert pipelines.pick() is None
    await pipelines.stop()
    assert 2 <= len(times) <= 6
