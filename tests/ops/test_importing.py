"""`genji import`: a dump of the community's schema fills a fresh database, or leaves it as it was."""

import asyncio
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import bcrypt
import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from cli import app
from genjilib.ops import dumps
from genjilib.ops.backup import content
from genjilib.ops.openapi import DOCUMENT
from genjilib.ops.postgres import Target, program
from runners.api import ROUTES
from tests.api import PREFIX, api_on
from tests.auth.accounts import PASSWORD
from tests.newsfeed.test_newsfeed import entry
from tests.ops.conftest import OTHERS, Genji
from tests.rows import add, add_map, add_run, add_user, scalar
from tests.sql.catalog import describe
from tests.sql.fill import fill
from tests.sql.test_contract import ADDITIONS, CONTRACT, SCHEMAS, is_column
from tests.support import Clones

KEY = "a plain key\twith \\ and\nits second line"
SESSION = "session-of-the-website"
PLAYER, CREATOR = 300000000000000001, 300000000000000002

PLAIN, CUSTOM = "--format=plain", "--format=custom"
FORMATS: dict[str, list[str]] = {
    "full custom": [CUSTOM],
    "data-only plain": [PLAIN, "--data-only"],
    "full plain": [PLAIN],
    "data-only tar": ["--format=tar", "--data-only"],
}
HASHED = {"public.api_tokens", "users.sessions"}
MINE = {"public.schema_migrations"}


def strip(connection: psycopg.Connection) -> None:
    """Take away what we added to the community's schema."""
    own = {line.removeprefix("table ") for line in ADDITIONS if line.startswith("table ")}
    schemas = connection.execute("select nspname from pg_namespace where nspname !~ '^(pg_|information_)'")
    for (schema,) in schemas.fetchall():
        if schema not in {*SCHEMAS, "public"}:
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    kinds = "select n, relkind = 'v' from unnest(%s::text[]) as n join pg_class on oid = to_regclass(n)"
    for name, is_view in connection.execute(kinds, [sorted(own)]).fetchall():
        connection.execute(f"drop {'view' if is_view else 'table'} if exists {name} cascade".encode())
    for line in ADDITIONS:
        table, _, column = line.partition(" ")[0].rpartition(".")
        if is_column(line) and table not in own:
            connection.execute(f"alter table {table} drop column {column} cascade".encode())
        elif found := re.match(r"(\S+) trigger (\S+) ", line):
            connection.execute(f"drop trigger if exists {found[2]} on {found[1]}".encode())


def live(connection: psycopg.Connection) -> None:
    """What a community did: a map with a record, an account, a session, a key."""
    connection.execute("update core.maps set category = 'Classic', playtesting = 'Approved'")
    connection.execute(
        "update maps.edit_requests set code = 'MAP00', proposed_changes = '{\"checkpoints\": 9}'"
    )
    payload = json.dumps(entry("announcement", title="A title", content="A text", url=None)["payload"])
    connection.execute("update public.newsfeed set payload = %s", [payload])
    add_user(connection, PLAYER, nickname="Player", global_name="Player")
    add_user(connection, CREATOR, nickname="Creator", global_name="Creator")
    map_id = add_map(connection, "GOOD1", playtesting="Approved", hidden=False)
    add(connection, "maps.creators", "map_id", map_id=map_id, user_id=CREATOR, is_primary=True)
    add_run(connection, PLAYER, map_id, 12.5, verified=True, video="https://a.example/v", message_id=77)
    add(connection, "maps.ratings", "map_id", map_id=map_id, user_id=PLAYER, quality=6, verified=True)
    add(connection, "lootbox.xp", "user_id", user_id=PLAYER, amount=150)
    add(
        connection, "users.email_auth", "user_id", user_id=PLAYER, email="p@a.example",
        password_hash=bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    )  # fmt: skip
    add(connection, "users.sessions", "id", id=SESSION, user_id=PLAYER, payload="kept")
    holder = scalar(connection, "select min(id) from public.auth_users")
    add(connection, "public.api_tokens", "id", user_id=holder, api_key=KEY, is_superuser=True)
    add(connection, "public.api_tokens", "id", user_id=holder, api_key="testing", scopes=["maps:read"])
    connection.execute("select setval('users.email_user_id_seq', 100000777)")


@pytest.fixture(scope="module")
def source(clones: Clones) -> Iterator[str]:
    """A database of the contract's tables and no more, with rows in each."""
    url = clones.take()
    with psycopg.connect(url, autocommit=True) as connection:
        strip(connection)
        fill(connection)
        live(connection)
        shown = [line for line in describe(connection) if is_column(line) or line.startswith("table ")]
        assert sorted(shown) == sorted(
            line for line in CONTRACT if is_column(line) or line.startswith("table ")
        )
    yield url
    clones.give_back(url)


@pytest.fixture(scope="module")
def dump(source: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a dump of the source."""
    folder, made = tmp_path_factory.mktemp("dumps"), dict[tuple[str, ...], Path]()

    def call(*options: str) -> Path:
        if options not in made:
            made[options] = folder / str(len(made))
            target = Target.of(source)
            places = (f"--file={made[options]}", f"--dbname={target.argument()}")
            command = [program("pg_dump", 17), *options, *places]
            subprocess.run(command, env=target.environment(), check=True, stderr=subprocess.DEVNULL)
        return made[options]

    return call


def contents(url: str) -> dict[str, content.TableContent]:
    """Rows and hash of each table."""

    async def read() -> dict[str, content.TableContent]:
        async with await Target.of(url).connect() as connection:
            await content.prepare(connection)
            return await content.read(connection)

    return asyncio.run(read())


def sentence(genji: Genji, url: str, dump: Path, code: int = 2) -> str:
    """What is said when an import is refused."""
    done = genji("import", str(dump), "--yes", url=url)
    assert done.code == code, (done.out, done.err)
    return " ".join(done.err.split())


@pytest.mark.parametrize("options", FORMATS.values(), ids=FORMATS)
def test_every_row_of_the_community_comes_over(
    genji: Genji, dump: Callable[..., Path], source: str, database_url: str, options: list[str]
) -> None:
    with psycopg.connect(database_url) as connection:
        schema = describe(connection)
    done = genji("import", str(dump(*options)), "--yes", "--json", url=database_url)
    assert done.code == 0, done.err
    shown = {row["table"]: row for row in done.json}
    expected = contents(source)
    assert {name: each.rows for name, each in expected.items()} == {
        name: row["rows"] for name, row in shown.items()
    }
    assert {name for name, row in shown.items() if row["state"] != "imported"} == MINE
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert describe(connection) == schema
        refused = "select count(*) from pg_trigger where tgenabled <> 'O'"
        assert scalar(connection, refused) == 0
        strip(connection)
    found = contents(database_url)
    different = {name for name in expected if expected[name] != found[name]}
    assert different == HASHED
    assert all(expected[name].rows == found[name].rows for name in HASHED)


@pytest.fixture(scope="module")
def imported(clones: Clones, dump: Callable[..., Path]) -> Iterator[str]:
    """A database with the rows of the dump."""
    url = clones.take()
    environment = {**OTHERS, "DATABASE_URL": url}
    done = CliRunner().invoke(app, ["import", str(dump(CUSTOM)), "--yes", "--quiet"], env=environment)
    assert (done.exit_code, done.output) == (0, "")
    yield url
    clones.give_back(url)


def test_no_secret_of_the_dump_is_in_the_database(imported: str) -> None:
    with psycopg.connect(imported) as connection:
        kept = connection.execute("select api_key from public.api_tokens").fetchall()
        assert (hashlib.sha256(KEY.encode()).hexdigest(),) in kept
        assert {len(value) for (value,) in kept} == {64}
        (session,) = connection.execute("select id from users.sessions where payload = 'kept'").fetchall()
        assert session == (hashlib.sha256(SESSION.encode()).hexdigest(),)


def test_read_models_and_sequences_go_on_from_the_rows(imported: str) -> None:
    with psycopg.connect(imported) as connection:
        one = "select wr_count, xp from ranks.players where user_id = %s"
        assert connection.execute(one, [PLAYER]).fetchone() == (1, 150)
        assert scalar(connection, "select count(*) from maps.rating_totals") == scalar(
            connection, "select count(distinct map_id) from maps.ratings"
        )
        assert scalar(connection, "select nextval('users.email_user_id_seq')") == 100000778
        highest = scalar(connection, "select max(id) from core.completions")
        assert scalar(connection, "select nextval('core.completions_id_seq')") == highest + 1
        assert scalar(connection, "select count(*) from core.users where id = 969632729643753482") == 1


async def test_every_domain_works_on_it(imported: str) -> None:
    async with api_on(imported) as api:
        hurdle = re.compile(r"\{(\w+)(:\w+)?\}")
        values = {"code": "GOOD1", "user_id": str(PLAYER), "map_id": "1", "key_type": "Classic"}
        asked = {route.path: 0 for route in ROUTES if route.method == "GET"}
        for path in asked:
            filled = hurdle.sub(lambda found: values.get(found[1], "1"), path).removeprefix(PREFIX)
            asked[path] = (await api.ask("GET", filled)).status
        assert {path: status for path, status in asked.items() if status >= 500} == {}
        assert sum(status == 200 for status in asked.values()) > len(asked) / 2
        (run,) = (await api.get("/completions/GOOD1")).json
        assert (run["name"], run["rank"], run["time"]) == ("Player", 1, 12.5)
        (shown,) = (await api.get("/maps", code="GOOD1")).json
        assert (shown["creators"][0]["name"], shown["ratings"]) == ("Creator", 6)
        made = await api.post("/users", {"id": PLAYER + 7, "global_name": "New", "nickname": "New"})
        assert made.status == 201
        login = await api.post("/auth/login", {"email": "P@a.example", "password": PASSWORD})
        assert login.json["user"]["id"] == PLAYER
        assert (await api.get(f"/auth/sessions/{SESSION}")).json["payload"] == "kept"


KNOWN: dict[str, Any] = {
    **dict.fromkeys(("user_id", "created_by", "flagged_by", "moderated_by", "resolved_by"), PLAYER),
    **dict.fromkeys(("verified_by", "verifier_id", "real_user_id"), PLAYER),
    **dict.fromkeys(("code", "official_code"), "GOOD1"),
    "codes": ["GOOD1"],
    "creators": [{"id": CREATOR, "is_primary": True}],
    "email": "new@a.example",
    "key_type": "Classic",
    "map_name": "Hanamura",
    "password": PASSWORD,
    "url": "https://guides.example/1",
    "enabled": "true",
}
"""What bodies, paths and queries name, where it is to be something that the dump has or that is taken."""


def named(example: Any) -> Any:
    """An example of the document about what there is."""
    if isinstance(example, list):
        return [named(each) for each in example]
    if not isinstance(example, dict):
        return example
    return {name: KNOWN.get(name, named(value)) for name, value in example.items()}


def writes() -> Iterator[tuple[str, str, Any]]:
    """One request of every operation that writes and takes JSON or nothing: method, path with query, body."""
    for path, operations in json.loads(DOCUMENT.read_text())["paths"].items():
        for method in ("post", "put", "patch", "delete"):
            if (operation := operations.get(method)) is None:
                continue
            bodies = operation.get("requestBody", {}).get("content", {"application/json": {"example": None}})
            if "application/json" not in bodies:
                continue
            needed = [each["name"] for each in operation.get("parameters", ()) if each.get("required")]
            query = {name: KNOWN.get(name, "name") for name in needed if f"{{{name}}}" not in path}
            filled = re.sub(r"\{(\w+)\}", lambda found: str(KNOWN.get(found[1], "1")), path)
            yield method.upper(), f"{filled}?{urlencode(query)}", named(bodies["application/json"]["example"])


async def test_every_route_that_writes_works_on_it(imported: str) -> None:
    async with api_on(imported) as api:
        answers: dict[str, int] = {}
        for method, path, body in writes():
            given = {} if body is None else {"json": body}
            answer = await api.ask(method, path.removeprefix(PREFIX), **given)
            answers[f"{method} {path}"] = answer.status
        assert {name: status for name, status in answers.items() if status >= 500} == {}
        assert sum(status < 300 for status in answers.values()) > 0.6 * len(answers)


async def test_an_imported_key_opens_what_it_opened(imported: str) -> None:
    async with api_on(imported) as api:
        assert (await api.ask("GET", "/maps", key="testing")).status == 200
        (await api.ask("GET", "/lootbox/rewards", key="testing")).refused(401, "superuser-only")
        (await api.ask("GET", "/maps", key="testing2")).refused(401, "invalid-key")


def test_a_dry_run_tells_the_tables_and_changes_nothing(
    genji: Genji, dump: Callable[..., Path], database_url: str
) -> None:
    before = contents(database_url)
    done = genji("import", str(dump(CUSTOM)), "--dry-run", "--json", url=database_url)
    assert done.code == 0
    assert "nothing was changed" in done.err
    assert {row["state"] for row in done.json} == {"not imported", "passed over"}
    assert len(done.json) == 80
    without = genji("import", str(dump(CUSTOM)), url=database_url)
    assert (without.code, "--yes" in without.err) == (2, True)
    assert contents(database_url) == before


Change = Callable[[str], str]
SPOILED: dict[str, tuple[Change, str]] = {
    "cut off": (lambda text: text[: len(text) // 2], "ends too early"),
    "a run of nobody": (
        lambda text: re.sub(rf"(?m)\t{PLAYER}(\t.*/v\t)", r"\t123\1", text),
        "completions_user_id_fkey",
    ),
    "a number that is none": (
        lambda text: re.sub(r"(?m)^(COPY lootbox\.xp .*\n)", "\\1many\tmany\n", text),
        "nothing imported",
    ),
    "a column we do not know": (
        lambda text: text.replace("COPY core.maps (id,", "COPY core.maps (number,"),
        "core.maps has no column number",
    ),
    "INSERT statements": (lambda text: text.replace("FROM stdin;", ""), "holds no rows"),
    "another encoding": (lambda text: text.replace("'UTF8'", "'LATIN1'"), "--encoding=UTF8"),
    "ours": (
        lambda text: text.replace("COPY core.maps (", "COPY messages.outbox ("),
        "imported already",
    ),
    "of something else": (lambda text: re.sub(r"COPY \w+\.", "COPY shop.", text), "No table of this dump"),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILED.values(), ids=SPOILED)
def test_a_dump_that_will_not_do_leaves_the_database_as_it_was(
    genji: Genji, dump: Callable[..., Path], database_url: str, tmp_path: Path, spoil: Change, said: str
) -> None:
    text = dump(PLAIN, "--data-only").read_text()
    spoiled = spoil(text)
    assert spoiled != text
    (tmp_path / "dump.sql").write_text(spoiled)
    before = contents(database_url)
    with psycopg.connect(database_url) as connection:
        schema = describe(connection)
    assert said in sentence(genji, database_url, tmp_path / "dump.sql")
    assert contents(database_url) == before
    with psycopg.connect(database_url) as connection:
        assert describe(connection) == schema


def test_a_database_in_use_is_refused(genji: Genji, dump: Callable[..., Path], database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        add_user(connection, PLAYER)
    assert "rows in core.users" in sentence(genji, database_url, dump(CUSTOM))


def test_a_database_without_its_migrations_is_refused(
    genji: Genji, dump: Callable[..., Path], empty_url: str
) -> None:
    assert "migrate up" in sentence(genji, empty_url, dump(CUSTOM))


def test_what_is_no_dump_is_refused(genji: Genji, shared_url: str, tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"PGDMP" + os.urandom(500))
    assert "There is no file" in sentence(genji, shared_url, tmp_path / "none")
    assert "pg_restore cannot read" in sentence(genji, shared_url, tmp_path / "junk")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1 << 20])
async def test_a_dump_reads_the_same_in_blocks_of_every_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int
) -> None:
    text = (
        "SET client_encoding = 'UTF8';\nCOPY a.b (x, \"y z\") FROM stdin;\n1\t\\\\.\n\\N\t\n\\.\n\n"
        'COPY a."c""d" (x) FROM stdin;\n\\.\nSELECT pg_catalog.setval(\'a.s\', 5, true);\n'
        "--\n-- PostgreSQL database dump complete\n--\n"
    )
    monkeypatch.setattr(dumps, "BLOCK", size)
    (tmp_path / "dump.sql").write_text(text)
    found: list[Any] = []
    async for part in dumps.read(tmp_path / "dump.sql", 17, lambda _: None):
        if isinstance(part, bytes) and part and isinstance(found[-1], bytes):
            found[-1] += part
        else:
            found.append(part)
    assert found == [
        dumps.Table("a.b", ("x", "y z")),
        b"1\t\\\\.\n\\N\t\n",
        b"",
        dumps.Table('a.c"d', ("x",)),
        b"",
        dumps.Sequence("a.s", 5, True),
    ]
