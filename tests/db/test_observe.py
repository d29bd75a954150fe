"""What is known about a statement from outside: statistics, traces, metrics and the log of slow ones."""

import psycopg
import pytest

from genjilib import queries
from genjilib.core import metrics
from genjilib.core.log import bound_contextvars
from genjilib.db import Db
from tests.db.statements import Queries, open_db


async def test_the_servers_statistics_show_statements_under_their_names(db: Db, database_url: str) -> None:
    async with db.transaction() as tx:
        for _ in range(3):
            await queries.users.exists(tx, user_id=1)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create extension if not exists pg_stat_statements")
        found = connection.execute(
            "select calls from pg_stat_statements as s join pg_database as d on d.oid = s.dbid"
            " where d.datname = current_database() and query like '/* users.exists */%'"
        ).fetchall()
    assert found == [(3,)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("select 1 / :n::integer", "sql/queries/test/wrong.sql"),
        ("select 1,\n  :n::integer,\n  coda", "sql/queries/test/wrong.sql:4:3"),
        (
            "select 1 /* a\ncomment */\nwhere true\n  /*[ and :n::integer = 0 ]*/\n  and 'x'::integer = 1",
            "sql/queries/test/wrong.sql:6:7",
        ),
    ],
)
async def test_the_trace_of_an_error_names_file_line_and_column(
    db: Db, sql: Queries, text: str, place: str
) -> None:
    statement = sql.make("wrong", text, n="integer")
    with pytest.raises(psycopg.Error) as caught:
        await statement.many(db, n=0)
    assert caught.value.__notes__ == [f"in {place}"]


async def test_a_statements_time_and_refusals_are_counted_under_its_name(db: Db, sql: Queries) -> None:
    def sample(name: str, **labels: str) -> float:
        return metrics.REGISTRY.get_sample_value(name, {"query": "test.counted"} | labels) or 0

    def counts() -> tuple[float, float]:
        times = sample("genji_query_seconds_count")
        return times, sample("genji_query_errors_total", sqlstate="22012")

    statement = sql.make("counted", "select 1 / :n::integer", n="integer")
    times, refusals = counts()
    await statement.value(db, n=1)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await statement.value(db, n=0)
    assert counts() == (times + 1, refusals + 1)


async def test_a_slow_statement_is_logged_with_its_request_and_without_values(
    database_url: str, sql: Queries, caplog: pytest.LogCaptureFixture
) -> None:
    slow = sql.make("slow", "select pg_sleep(0.15) from generate_series(1, :n)", n="integer")
    quick = sql.make("quick", "select :n::text", n="text")
    async with open_db(database_url, slow_query=0.3) as db:
        with bound_contextvars(request_id="r1"):
            await slow.many(db, n=2)
            await quick.many(db, n="secret")
    (line,) = [record.msg for record in caplog.records if record.name == "genjilib.db.observe"]
    assert 0.3 <= line["seconds"] < 5
    assert "secret" not in str(line)
    assert {key: line[key] for key in ("event", "level", "query", "rows", "request_id")} == {
        "event": "slow-query",
        "level": "warning",
        "query": "test.slow",
        "rows": 2,
        "request_id": "r1",
    }
