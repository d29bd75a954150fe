"""Roles: each runner may do what its queries need, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from genjilib.core.errors import Invalid
from genjilib.db import scan
from genjilib.db.statement import SQL_ROOT
from genjilib.ops import grants
from genjilib.ops.reach import RUNNERS, queries_of
from tests.ops.conftest import Genji
from tests.support import Clones

# What a role is allowed, by trying four statements on every table and view; none of them does anything.
ATTEMPTS = """
create function pg_temp.allowed(who text) returns setof text language plpgsql as $$
declare
  one record;
begin
  for one in
    select format('%I.%I', n.nspname, c.relname) as name, s.verb, format(s.statement, n.nspname, c.relname,
      (select attname from pg_attribute as a where a.attrelid = c.oid and attnum > 0 limit 1)) as statement
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join (values
      ('select', 'explain select 1 from %1$I.%2$I'),
      ('insert', 'explain insert into %1$I.%2$I default values'),
      ('update', 'explain update %1$I.%2$I set %3$I = default'), ('delete', 'explain delete from %1$I.%2$I')
    ) as s (verb, statement)
    where c.relkind in ('r', 'v', 'm') and n.nspname !~ '^(pg_|information_schema)'
      and (c.relkind = 'r' or s.verb = 'select')
      and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
  loop
    execute format('set local role %I', who);
    begin
      execute one.statement;
      return next one.verb || ' ' || one.name;
    exception when insufficient_privilege then
      null;
    end;
    reset role;
  end loop;
end
$$
"""


@pytest.fixture(scope="module")
def granted(clones: Clones) -> Iterator[psycopg.Connection[Any]]:
    """A database whose roles have their rights, as its owner; tests leave nothing in it."""
    url = clones.take()
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction():  # a copy of a database has its tables' rights, not its own
            connection.execute(grants.FILE.read_bytes())
        connection.execute(ATTEMPTS)
        yield connection
    clones.give_back(url)


def listed(role: str) -> set[str]:
    """What the file gives a role on tables and views."""
    found = re.findall(rf"grant ([a-z, ]+) on\n([^;]+)\nto {role};", grants.FILE.read_text())
    return {
        f"{right} {name.strip()}"
        for rights, names in found
        for right in rights.split(", ")
        for name in names.split(",")
        if right != "maintain"
    }


def test_the_file_follows_from_the_queries(genji: Genji) -> None:
    assert genji("db", "roles", "--check", "--json").json["current"], "run './cli.py db roles'"


@pytest.mark.parametrize("runner", RUNNERS)
def test_every_query_of_a_runner_works_in_its_role(granted: psycopg.Connection[Any], runner: str) -> None:
    names = queries_of(runner)
    assert names
    with granted.transaction(force_rollback=True):
        granted.execute(sql.SQL("set local role {}").format(sql.Identifier(grants.ROLES[runner])))
        for name in names:
            path = f"{name.replace('.', '/')}.sql"
            file = scan.parse(path, (SQL_ROOT / "queries" / path).read_text())
            for key in file.variants():
                text = file.compile(key).text
                plain = "refresh materialized view" in text
                granted.execute((text if plain else f"explain (generic_plan) {text}").encode(), prepare=False)


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_runner_is_refused_every_table_that_its_queries_do_not_name(
    granted: psycopg.Connection[Any], runner: str
) -> None:
    with granted.transaction(force_rollback=True):
        rows = granted.execute("select pg_temp.allowed(%s)", (grants.ROLES[runner],)).fetchall()
    assert {attempt for (attempt,) in rows} == listed(grants.ROLES[runner])


@pytest.mark.parametrize("role", grants.ROLES.values())
@pytest.mark.parametrize(
    "statement",
    [
        "drop table core.maps",
        "truncate core.maps",
        "alter table core.users add column x int",
        "create table public.x (id int)",
        "create temporary table x (id int)",
        "create schema x",
        "alter function messages.send security invoker",
        "create role x",
        "alter role genji_api superuser",
        "set role postgres",
        "set session_replication_role = replica",
        "select pg_read_file('/etc/passwd')",
        "copy core.maps to program 'true'",
    ],
)
def test_nobody_changes_the_schema_or_leaves_the_database(
    granted: psycopg.Connection[Any], role: str, statement: str
) -> None:
    with granted.transaction(force_rollback=True):
        granted.execute(sql.SQL("set local session authorization {}").format(sql.Identifier(role)))
        with pytest.raises(errors.InsufficientPrivilege), granted.transaction():
            granted.execute(statement.encode())


def test_each_runner_lacks_what_it_has_no_business_with() -> None:
    """The cases that matter most, by name: a mistake in reading the queries would show here."""
    worker, api, bot, crawler = (listed(grants.ROLES[name]) for name in ("worker", "api", "bot", "crawler"))
    assert not {right for right in worker | bot | crawler if right.endswith(" public.api_tokens")}
    assert not {right for right in bot | crawler if "users.sessions" in right or "email_auth" in right}
    assert "select messages.dead_letters" not in api | crawler
    assert "delete core.users" not in api | bot | worker | crawler
    assert not {right for right in crawler if ".maps" in right or " users." in right or "lootbox" in right}


def test_the_worker_sees_what_sessions_of_other_roles_wait_for(
    granted: psycopg.Connection[Any], shared_url: str
) -> None:
    measure = (SQL_ROOT / "queries/ops/measure.sql").read_text().encode()
    with psycopg.connect(shared_url), granted.transaction(force_rollback=True):
        granted.execute("set local role genji_worker")
        row = granted.cursor(row_factory=psycopg.rows.dict_row).execute(measure).fetchone()
    assert row is not None
    assert (row["hidden"], row["idle"] > 0) == (0, True)


def test_roles_log_in_with_the_passwords_of_their_addresses(
    genji: Genji, clones: Clones, tmp_path: Path
) -> None:
    url = clones.take()
    parts = psycopg.conninfo.conninfo_to_dict(url)
    where = f"{parts['host']}:{parts['port']}/{parts['dbname']}"
    (tmp_path / "monitor_database_url").write_text(f"postgresql://genji_monitor:s3%40cret@{where}\n")
    done = genji("db", "grant", "--secrets", str(tmp_path), "--json", url=url)
    assert [row["role"] for row in done.json if row["login"]] == ["genji_monitor"]
    with psycopg.connect((tmp_path / "monitor_database_url").read_text().strip()) as connection:
        assert connection.execute("show timezone").fetchone() == ("UTC",)
    (tmp_path / "monitor_database_url").write_text(f"postgresql://postgres:x@{where}")
    refused = genji("db", "grant", "--secrets", str(tmp_path), url=url)
    assert (refused.code, "must have the user genji_monitor" in refused.err) == (2, True)
    clones.give_back(url)


def test_a_function_that_acts_in_its_callers_name_must_be_readable(
    granted: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "queries_of", lambda _: {"messages.emit"})
    with granted.transaction(force_rollback=True):
        granted.execute("alter function messages.send security invoker")
        with pytest.raises(Invalid, match="Make it security definer"):
            grants.runners(granted)
