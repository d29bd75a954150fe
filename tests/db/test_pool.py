"""Connections: transactions, prepared statements, and what happens when PostgreSQL or a caller goes away."""

import asyncio
import socket
import time
from collections.abc import Generator
from contextlib import suppress
from contextvars import Context
from typing import Any

import psycopg
import pytest
import uvloop

from genjilib import queries
from genjilib.core.errors import Conflict, Unavailable
from genjilib.db import Db, Executor, Tx
from genjilib.db.connection import Connection, How
from genjilib.local.ports import free_port
from tests.db.statements import Own, Queries, open_db


async def add_user(db: Executor, user_id: int = 1) -> None:
    await queries.users.create(db, user_id=user_id, nickname="n", global_name="g")


def ask(url: str, statement: bytes) -> object:
    """The first value of a statement on another connection."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


async def test_a_transaction_is_all_or_nothing(db: Db) -> None:
    async def write(*, fail: bool) -> None:
        async with db.transaction() as tx:
            await queries.users.create(tx, user_id=1, nickname="n", global_name="g")
            if fail:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write(fail=True)
    assert not await queries.users.exists(db, user_id=1)
    await write(fail=False)
    assert await queries.users.exists(db, user_id=1)


async def test_a_savepoint_undoes_only_itself(db: Db) -> None:
    async def add_two(tx: Tx) -> None:
        async with tx.savepoint():
            await queries.users.create(tx, user_id=2, nickname="n", global_name="g")
            await queries.users.create(tx, user_id=1, nickname="n", global_name="g")

    async with db.transaction() as tx:
        await queries.users.create(tx, user_id=1, nickname="n", global_name="g")
        with pytest.raises(Conflict):
            await add_two(tx)
    assert await queries.users.exists(db, user_id=1)
    assert not await queries.users.exists(db, user_id=2)


async def test_what_closes_a_transaction_commits_it_and_nothing_follows(db: Db, database_url: str) -> None:
    async with db.transaction() as tx:
        await add_user(tx.closing, 1)
        assert ask(database_url, b"select count(*) from core.users where id = 1") == 1
        with pytest.raises(RuntimeError, match="committed already"):
            await add_user(tx, 2)
    async with db.transaction() as tx, tx.savepoint():
        await add_user(tx.closing, 2)
        assert ask(database_url, b"select count(*) from core.users where id = 2") == 0
        await add_user(tx, 3)
    assert ask(database_url, b"select count(*) from core.users where id in (2, 3)") == 2


@pytest.mark.parametrize("prepare", [True, False])
async def test_a_statement_that_closes_a_transaction_and_fails_undoes_it(
    database_url: str, prepare: bool
) -> None:
    async def write_twice(db: Db) -> None:
        async with db.transaction() as tx:
            await add_user(tx, 1)
            await add_user(tx.closing, 1)

    async with Db.connect(database_url, name="test", how=How(prepare=prepare)) as db:
        for _ in range(2):
            with pytest.raises(Conflict):
                await write_twice(db)
        assert not await queries.users.exists(db, user_id=1)


async def test_a_swallowed_error_is_no_success(db: Db) -> None:
    async def add_twice() -> None:
        async with db.transaction() as tx:
            await queries.users.create(tx, user_id=1, nickname="n", global_name="g")
            with suppress(Conflict):
                await queries.users.create(tx, user_id=1, nickname="n", global_name="g")

    with pytest.raises(RuntimeError, match="nothing was written"):
        await add_twice()
    assert not await queries.users.exists(db, user_id=1)


async def test_a_second_connection_beside_a_transaction_is_a_mistake(db: Db) -> None:
    async def child() -> bool:
        return await queries.users.exists(db, user_id=1)

    async with db.transaction():
        for call in (child(), asyncio.create_task(child()), db.ready()):
            with pytest.raises(RuntimeError, match="open transaction"):
                await call
        with pytest.raises(RuntimeError, match="open transaction"):
            async with db.transaction():
                pass
    assert not await child()


async def test_a_statement_that_fails_at_its_first_use_works_at_the_next(db: Db, database_url: str) -> None:
    ask(database_url, b"insert into core.users (id) values (1)")
    for _ in range(3):
        with pytest.raises(Conflict):
            await add_user(db, 1)
    await add_user(db, 2)
    async with db.transaction() as tx:
        await queries.users.create(tx, user_id=3, nickname="n", global_name="g")


async def test_statements_are_prepared_under_their_names(database_url: str, sql: Queries) -> None:
    listed = sql.make("listed", "select name::text from pg_prepared_statements order by name")
    async with open_db(database_url, database_pipelines=0) as db:
        for n in range(3):
            await add_user(db, n + 1)
        assert await listed.many(db) == ["test.listed", "users.create"]


async def test_without_prepared_statements_everything_works_too(database_url: str, sql: Queries) -> None:
    listed = sql.make("listed", "select name::text from pg_prepared_statements")
    async with open_db(database_url, database_prepare=False) as db:
        await add_user(db)
        with pytest.raises(Conflict):
            await add_user(db)
        async with db.transaction() as tx:
            assert await queries.users.exists(tx, user_id=1)
        user = await queries.users.get(db, user_id=1)
        assert user is not None
        assert (user.id, user.coalesced_name) == (1, "n")
        assert await listed.many(db) == []


CHANGE = b"alter table test.things alter column n type bigint"


@pytest.fixture
def things(database_url: str, sql: Queries) -> Own:
    ask(database_url, b"create schema test; create table test.things as select 1 as n")
    return sql.make("things", "select n from test.things")


async def value_in_transaction(db: Db, statement: Own) -> object:
    async with db.transaction() as tx:
        return await statement.value(tx)


async def test_a_single_statement_survives_a_change_of_its_table(
    db: Db, database_url: str, things: Own
) -> None:
    assert await things.value(db) == 1
    ask(database_url, CHANGE)
    ask(database_url, b"update test.things set n = 2^40")
    assert await things.value(db) == 2**40


async def test_after_a_change_of_its_table_one_transaction_is_lost_and_the_next_works(
    db: Db, database_url: str, things: Own
) -> None:
    assert await value_in_transaction(db, things) == 1
    ask(database_url, CHANGE)
    with pytest.raises(Unavailable) as caught:
        await value_in_transaction(db, things)
    assert caught.value.after == 1
    assert await value_in_transaction(db, things) == 1


async def test_a_statement_the_server_forgot_is_prepared_again(db: Db, sql: Queries) -> None:
    forget = sql.make("forget", "deallocate all")
    await add_user(db, 1)
    await forget.count(db)
    await add_user(db, 2)
    assert await queries.users.exists(db, user_id=2)


async def test_a_slow_statement_is_ended(database_url: str, sql: Queries) -> None:
    sleep = sql.make("sleep", "select pg_sleep(:n)", n="double precision")

    async def in_transaction(db: Db) -> None:
        async with db.transaction() as tx:
            await sleep.value(tx, n=5)

    async with open_db(database_url, statement_timeout=0.1) as db:
        for call in (sleep.value(db, n=5), in_transaction(db)):
            with pytest.raises(Unavailable) as caught:
                await call
            assert caught.value.code == "timeout"
        await add_user(db)


async def test_a_cancelled_caller_leaves_its_connection_usable(db: Db, sql: Queries) -> None:
    sleep = sql.make("sleep", "select pg_sleep(:n)", n="double precision")

    async def write() -> None:
        async with db.transaction() as tx:
            await queries.users.create(tx, user_id=1, nickname="n", global_name="g")
            await sleep.value(tx, n=30)

    async def begin() -> None:
        async with db.transaction() as tx:
            await sleep.value(tx, n=30)

    async def commit() -> None:
        async with db.transaction() as tx:
            await queries.users.create(tx, user_id=1, nickname="n", global_name="g")
            await sleep.value(tx.closing, n=30)

    started = time.monotonic()
    for work in (sleep.value(db, n=30), write(), begin(), commit()):
        task = asyncio.create_task(work)
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not await queries.users.exists(db, user_id=1)
    assert time.monotonic() - started < 10
    async with db.transaction() as tx:
        await add_user(tx.closing)


async def test_a_caller_cancelled_while_it_waits_for_a_connection_takes_none_along(db: Db) -> None:
    async with db.transaction() as tx:
        waiting = asyncio.create_task(add_user(db), context=Context())
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not await queries.users.exists(tx, user_id=1)
    await add_user(db)


PRESENT = (
    b"select count(*) from pg_stat_activity"
    b" where application_name = 'genji-tests' and datname = current_database()"
)
GOODBYE = PRESENT.replace(b"*", b"pg_terminate_backend(pid)")


async def test_a_lost_connection_costs_one_write_and_is_replaced(db: Db, database_url: str) -> None:
    await add_user(db, 1)
    ask(database_url, GOODBYE)
    with pytest.raises(Unavailable):
        await add_user(db, 2)
    await add_user(db, 3)


async def test_lost_connections_cost_one_transaction_together(database_url: str) -> None:
    async def work() -> None:
        async with db.transaction() as tx:
            await queries.users.exists(tx, user_id=1)
            await asyncio.sleep(0.05)

    async with Db.connect(database_url, name="tests", size=4, pipelines=0) as db:
        await asyncio.gather(*(work() for _ in range(4)))
        ask(database_url, GOODBYE)
        with pytest.raises(Unavailable):
            await work()
        for _ in range(4):
            await work()


@pytest.mark.parametrize("pipelines", [0, 1])
async def test_lost_connections_cost_no_read(database_url: str, pipelines: int) -> None:
    async with open_db(database_url, 3, database_pipelines=pipelines) as db:
        for user_id in (1, 2, 3):
            await asyncio.gather(*(queries.users.exists(db, user_id=user_id) for _ in range(9)))
            ask(database_url, GOODBYE)
            found = await asyncio.gather(*(queries.users.exists(db, user_id=user_id) for _ in range(9)))
            assert found == [False] * 9


async def test_of_two_that_lock_each_other_out_one_is_asked_to_try_again(
    database_url: str, sql: Queries
) -> None:
    lock = sql.make("lock", "select id from core.users where id = :id for update", id="bigint")

    async def both(db: Db, first: int, second: int) -> str:
        try:
            async with db.transaction() as tx:
                await lock.one(tx, id=first)
                await asyncio.sleep(0.1)
                await lock.one(tx, id=second)
        except Unavailable as error:
            return error.code
        return "done"

    async with open_db(database_url, 2) as db:
        await add_user(db, 1)
        await add_user(db, 2)
        async with asyncio.timeout(20):
            found = await asyncio.gather(both(db, 1, 2), both(db, 2, 1))
    assert sorted(found) == ["busy", "done"]


async def test_while_postgresql_is_away_callers_are_told_so_in_time() -> None:
    async with open_db(f"postgresql://nobody@127.0.0.1:{free_port()}/none") as db:
        started = time.monotonic()
        asked = [db.ready(), queries.users.exists(db, user_id=1), add_user(db)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(error) for error in found] == [Unavailable] * 3
        assert time.monotonic() - started < 15


async def test_who_takes_over_the_number_of_a_lost_socket_still_hears(database_url: str) -> None:
    """libpq closes the socket of a lost connection, and a new one gets its number before the caller runs."""
    loop, heard, taken = asyncio.get_running_loop(), asyncio.Event(), list[socket.socket]()
    connection = await Connection.connect(database_url, autocommit=True)
    number, pid = connection.pgconn.socket, connection.pgconn.backend_pid

    def take_over() -> None:
        while number not in {each.fileno() for each in taken}:
            taken.extend(socket.socketpair())
        loop.add_reader(number, heard.set)

    def exchange() -> Generator[Any, Any, None]:
        connection.pgconn.send_query(b"select pg_sleep(60)")
        try:
            yield from psycopg.generators.execute(connection.pgconn)
        finally:
            loop.call_soon(take_over)

    asking = asyncio.create_task(connection.answer(exchange()))
    await asyncio.sleep(0)
    ask(database_url, b"select pg_terminate_backend(%d)" % pid)
    await asking  # the result is an error, which is not looked at here
    place = next(i for i, each in enumerate(taken) if each.fileno() == number)
    taken[place ^ 1].send(b"x")
    async with asyncio.timeout(5):
        await heard.wait()
    loop.remove_reader(number)
    for each in taken:
        each.close()


def test_what_was_lost_in_the_pool_is_noticed_on_the_loop_of_the_runners(database_url: str) -> None:
    """PostgreSQL's last words and the reset are one event, the only one that uvloop tells of a socket."""

    async def use() -> None:
        async with open_db(database_url, database_pipelines=0) as db:
            assert not await queries.users.exists(db, user_id=1)
            ask(database_url, GOODBYE)
            while ask(database_url, PRESENT):
                await asyncio.sleep(0.01)
            async with asyncio.timeout(10):
                assert not await queries.users.exists(db, user_id=1)

    uvloop.run(use())
