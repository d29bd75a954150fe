"""Query files from the command line: described, explained, begun, checked and generated."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from genjilib.db import signatures
from genjilib.db.build import Outcome, Project, build
from genjilib.db.describe import describe, describe_part, join
from genjilib.db.nullability import schema_fixed
from genjilib.db.scan import Key, QueryFile, SqlFileError, parse
from genjilib.ops.sql import project, runs
from tests.ops.conftest import ROOT, Genji

SCHEMA = "create table team (id int primary key, title text not null, region text)"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of two query files on this project's schema."""
    own = Project(
        tmp_path / "queries", tmp_path / "modules", ROOT / "sql/schema.sql", tmp_path / "signatures.json"
    )
    (own.queries / "maps").mkdir(parents=True)
    own.modules.mkdir()
    (own.queries / "maps/one.sql").write_text("-- Return a map.\nselect id from core.maps where id = :id\n")
    (own.queries / "maps/every.sql").write_text("-- Return all maps.\nselect id, code from core.maps\n")
    monkeypatch.setattr(runs, "project", lambda *_: own)
    return own


def test_a_query_is_described_on_any_schema(genji: Genji, shared_url: str, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "query.sql").write_text("select t.title, t.region from team as t where t.id = :id")
    done = genji(
        "sql", "describe", "--schema", "schema.sql", "query.sql", "--json", SQL_DATABASE_URL=shared_url
    )
    assert done.code == 0, done.err
    assert done.json == {
        "columns": [
            {"name": "title", "pg_type": "text", "nullable": False, "why": "public.team.title is not null"},
            {"name": "region", "pg_type": "text", "nullable": True, "why": "public.team.region may be null"},
        ],
        "params": [
            {
                "n": 1,
                "name": "id",
                "pg_type": "integer",
                "nullable": False,
                "why": "public.team.id = :id is strict",
            }
        ],
        "rows": "maybe",
    }


def test_a_refused_query_ends_with_2_and_a_sentence(genji: Genji, shared_url: str, tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text("select titel from team")
    (tmp_path / "schema.sql").write_text(SCHEMA)
    done = genji("sql", "describe", "--schema", "schema.sql", "query.sql", SQL_DATABASE_URL=shared_url)
    assert (done.code, done.out) == (2, "")
    assert done.err == 'query:1:8: column "titel" does not exist — did you mean "title"?\n'


def test_a_refused_schema_ends_with_2(genji: Genji, shared_url: str, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("create tabel team (id int)")
    (tmp_path / "query.sql").write_text("select 1")
    done = genji("sql", "describe", "--schema", "schema.sql", "query.sql", SQL_DATABASE_URL=shared_url)
    assert done.code == 2
    assert "The schema is refused" in done.err


def test_many_cases_are_described_each_on_its_own_schema(
    genji: Genji, shared_url: str, tmp_path: Path
) -> None:
    cases: dict[str, Any] = {
        "schemas": {"one": SCHEMA, "two": "create table team (id int)"},
        "cases": [
            {"id": 1, "schema": "one", "query": "select id from team"},
            {"id": 2, "schema": "two", "query": "select id from team"},
            {"id": 3, "schema": "two", "query": "select it from team"},
            {
                "id": 4,
                "schema": "one",
                "query": "select $1::int as x",
                "params": [{"n": 1, "nullable": True}],
            },
        ],
    }
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    done = genji("sql", "describe", "--cases", "cases.json", "--json", SQL_DATABASE_URL=shared_url)
    assert done.code == 0, done.err
    told = done.json["cases"]
    assert [case["id"] for case in told] == [1, 2, 3, 4]
    assert [told[i]["columns"][0]["nullable"] for i in (0, 1, 3)] == [False, True, True]
    assert told[2]["error"] == 'query:1:8: column "it" does not exist — did you mean "id"?'
    with psycopg.connect(shared_url) as connection:
        left = connection.execute("select from pg_database where datname like 'describe-%'").fetchall()
    assert left == []


@pytest.mark.parametrize("text", ["no json", "{}", '{"cases": [{"id": 1}]}'])
def test_a_broken_file_of_cases_is_refused(genji: Genji, shared_url: str, tmp_path: Path, text: str) -> None:
    (tmp_path / "cases.json").write_text(text)
    done = genji("sql", "describe", "--cases", "cases.json", SQL_DATABASE_URL=shared_url)
    assert done.code == 2
    assert "is not a file of cases" in done.err


def test_every_text_of_a_query_is_explained(genji: Genji, shared_url: str) -> None:
    done = genji("sql", "explain", "maps.search", SQL_DATABASE_URL=shared_url)
    assert done.code == 0, done.err
    assert "-- the plain text\n" in done.out
    assert "-- with facets\n" in done.out


def test_a_file_that_is_not_there_is_named(genji: Genji) -> None:
    done = genji("sql", "explain", "maps.nothing")
    assert done.code == 2
    assert "sql/queries/maps/nothing.sql cannot be read" in done.err


def test_a_new_query_is_a_file_that_passes_the_check(
    genji: Genji, shared_url: str, own: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "SQL", own.queries.parent)
    made = genji("sql", "new", "playtests.something", "--yes", "--json")
    assert Path(made.json["file"]).is_relative_to(own.queries)
    assert genji("sql", "new", "playtests.something", "--yes").code == 2
    assert genji("sql", "new", "Something").code == 2
    done = genji("sql", "generate", SQL_DATABASE_URL=shared_url)
    assert done.code == 0, done.err
    assert "something = _Something(" in (own.modules / "playtests.py").read_text()


def test_generated_files_are_compared_and_written(genji: Genji, shared_url: str, own: Project) -> None:
    first = genji("sql", "check", SQL_DATABASE_URL=shared_url)
    assert first.code == 1
    assert "maps.py is out of date; run 'make sql'" in first.err
    assert genji("sql", "generate", SQL_DATABASE_URL=shared_url).code == 0
    assert genji("sql", "check", SQL_DATABASE_URL="postgres://nowhere.invalid/x").code == 0
    (own.modules / "old.py").write_text("")
    assert "old.py is out of date" in genji("sql", "check").err
    assert genji("sql", "generate").code == 0
    assert not (own.modules / "old.py").exists()


def test_only_what_changed_is_asked_about(genji: Genji, shared_url: str, own: Project) -> None:
    genji("sql", "generate", SQL_DATABASE_URL=shared_url)
    server = lambda: project.database(shared_url)  # noqa: E731
    assert build(own, server).proved == 0
    assert build(own, server, ask_all=True).proved == 2
    changed = own.queries / "maps/one.sql"
    changed.write_text(changed.read_text().replace("select id", "select id, code"))
    assert build(own, server).proved == 1
    text = own.signatures.read_text()
    own.signatures.write_text(text.replace('"prover": "', '"prover": "other'))
    assert build(own, server).proved == 2
    own.signatures.write_text(f"<<<<<<< ours\n{text}")
    assert build(own, server).proved == 2


def test_mistakes_of_all_files_are_told_in_one_go(genji: Genji, shared_url: str, own: Project) -> None:
    (own.queries / "maps/one.sql").write_text("-- Return a map.\n-- retuns: one\nselect id from core.maps\n")
    (own.queries / "maps/every.sql").write_text("-- Return all maps.\nselect coda from core.maps\n")
    (own.queries / "maps/class.sql").write_text("-- Return all maps.\nselect id from core.maps\n")
    (own.queries / "maps/kind.sql").write_text("-- Return a type.\nselect '(1,1)'::point as x\n")
    done = genji("sql", "check", SQL_DATABASE_URL=shared_url)
    assert done.code == 2
    assert [line.split(": ")[0] for line in done.err.splitlines()] == [
        "sql/queries/maps/class.sql:1:1",
        "sql/queries/maps/every.sql:2:8",
        "sql/queries/maps/kind.sql:2:26",
        "sql/queries/maps/one.sql:2:4",
    ]


def test_what_is_committed_is_what_postgresql_says_now(shared_url: str) -> None:
    """The cache lets ``make check`` do without a server; here every query is proved again.

    Of a file of many texts those are that between them hold each clause and each order, and all of them where
    that is not enough; ``./cli.py sql check --all`` proves every text, and tests/db/test_plans.py plans it.
    """
    own = project.project()
    outcome = build(own, lambda: project.database("postgres://nowhere.invalid/x"))
    assert [str(error) for error in outcome.errors] == []
    assert project.out_of_date(project.formatted(outcome), own.modules) == []
    cache = signatures.read(own.signatures, own.schema)
    with psycopg.connect(shared_url, autocommit=True) as connection, schema_fixed(connection):
        for path in sorted(own.queries.rglob("*.sql")):
            file = parse(str(path.relative_to(own.queries)), path.read_text())
            committed = cache.get(file)
            found = join(file, [describe_part(connection, file, chosen(file))])
            if found != committed:
                found = describe(connection, file)
            assert found == committed, path


def chosen(file: QueryFile) -> list[Key]:
    """No clause, each alone, all but each, all of them, in the first order; and every order once."""
    together = [frozenset(group) for group in file.together()]
    sizes = {key: sum(group <= key.clauses for group in together) for key in file.variants()}
    first, most, orders = next(iter(sizes)).order, max(sizes.values()), set[str | None]()
    found: list[Key] = []
    for key, size in sizes.items():
        if key.order not in orders or (key.order == first and size in (0, 1, most - 1, most)):
            orders.add(key.order)
            found.append(key)
    return found


def test_an_error_survives_the_way_back_from_another_process() -> None:
    import pickle

    error = SqlFileError("a.sql", 1, 2, "wrong")
    assert str(pickle.loads(pickle.dumps(error))) == "a.sql:1:2: wrong"  # our own bytes


def test_a_watch_does_it_again_after_each_change(
    shared_url: str, own: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = own.queries / "maps/one.sql"
    texts = [
        "-- Return a map.\nselect coda from core.maps\n",
        "-- Return a map.\nselect title from core.maps\n",
    ]

    def sleep(_seconds: float) -> None:
        if not texts:
            raise KeyboardInterrupt
        one.write_text(texts.pop(0))

    def act(outcome: Outcome, made: Project) -> int:
        if len(texts) == 0 and "code" not in one.read_text():
            one.write_text("-- Return a map.\nselect code from core.maps\n")
        return runs.write(outcome, made)

    monkeypatch.setattr(runs.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        runs.run(shared_url, None, None, ask_all=False, watch=True, act=act)
    assert 'maps/one.sql:2:8: column "coda" does not exist — did you mean "code"?' in capsys.readouterr().err
    assert "code: str" in (own.modules / "maps.py").read_text()


def test_generating_needs_nothing_of_what_was_generated() -> None:
    """A renamed or removed file leaves a module behind that cannot be imported until it is written anew."""
    using = "import sys, genjilib.ops.sql.runs, genjilib.local.scratch"
    asking = [sys.executable, "-c", f"{using}; sys.exit('genjilib.queries' in sys.modules)"]
    assert subprocess.run(asking, cwd=ROOT).returncode == 0
