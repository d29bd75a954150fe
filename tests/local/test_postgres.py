"""The private PostgreSQL server: start, crash, restart, users it can run as."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from genjilib.local import postgres
from genjilib.local.postgres import Postgres
from genjilib.local.processes import StartFailure, run


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url()) as db:
        row = db.execute(question).fetchone()
        return row[0] if row else None


async def test_server_is_version_17_in_utf8_and_utc(server: Postgres) -> None:
    assert str(ask(server, "show server_version")).startswith("17.")
    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "show timezone") == "UTC"
    assert (
        ask(
            server,
            "select timestamptz '2026-07-01 12:00Z' at time zone 'Europe/Madrid' - '2026-07-01 12:00'"
            "::timestamp = interval '2 hours'",
        )
        is True
    )


async def test_programs_match_the_server(server: Postgres) -> None:
    search = server.environment()["PATH"]
    assert shutil.which("pg_dump", path=search) == str(server.bin_dir / "pg_dump")
    dump = await run([server.bin_dir / "pg_dump", "--schema-only", "-d", server.url()])
    assert "PostgreSQL database dump complete" in dump


async def test_stranger_without_the_password_is_refused(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url().replace(server.url().split(":")[2].split("@")[0], "wrong"))


async def test_committed_rows_survive_a_kill(server: Postgres) -> None:
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute("create table kept as select 42 as answer")
    before, port = server.pid, server.port
    server.kill()
    assert server.pid is None
    await server.start()
    assert (server.port, ask(server, "select answer from kept")) == (port, 42)
    assert server.pid != before


async def test_folder_of_a_running_server_is_refused(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STOPPING", 0.1)
    with pytest.raises(StartFailure, match="another PostgreSQL"):
        await Postgres(server.directory).start()


async def test_id_of_a_stranger_in_the_pid_file_is_no_obstacle(server: Postgres) -> None:
    await server.stop()
    (server.directory / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    await server.start()
    assert ask(server, "select 1") == 1


async def test_without_user_namespaces_it_runs_as_nobody_or_says_why(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "AS_USER", ("false",))
    server = Postgres(open_folder / "postgres", durable=False)
    try:
        await server.start()
    except StartFailure as failure:
        if "cannot reach" not in str(failure):
            raise
        return
    assert psutil.Process(server.pid).uids().real != 0
    await server.stop()


async def test_root_without_any_other_user_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "AS_USER", ("false",))
    monkeypatch.setattr(postgres, "AS_NOBODY", ("false",))
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(StartFailure, match="Start as a plain user, or give a server by DATABASE_URL"):
        await Postgres(tmp_path / "postgres").start()
