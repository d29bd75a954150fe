"""Migrations, up and down, from the command line."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from genjilib.ops import dbmate
from tests.ops.conftest import ROOT, Genji, at, drop, environment, unique


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three small migrations in place of the project's."""
    place = tmp_path / "migrations"
    place.mkdir()
    for number, name in enumerate(("first", "second", "third"), start=1):
        up, down = f"create table public.{name} (id int);", f"drop table public.{name};"
        text = f"-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n"
        (place / f"2026010100000{number}_expand_{name}.sql").write_text(text)
    monkeypatch.setattr(dbmate, "MIGRATIONS", place)
    monkeypatch.setattr(dbmate, "SCHEMA", tmp_path / "schema.sql")
    monkeypatch.setattr(dbmate, "FOLDED", "20260101000000")
    return place


def states(genji: Genji, url: str) -> list[str]:
    return [row["state"] for row in genji("migrate", "status", "--json", url=url).json]


def test_migrations_go_up_and_down(genji: Genji, empty_url: str, folder: Path) -> None:
    assert states(genji, empty_url) == ["pending"] * 3
    up = genji("migrate", "up", "--json", url=empty_url)
    assert [row["state"] for row in up.json] == ["applied"] * 3
    assert "Applied: 20260101000003_expand_third.sql" in up.err
    assert states(genji, empty_url) == ["applied"] * 3
    refused = genji("migrate", "down", url=empty_url)
    assert refused.code == 2
    assert states(genji, empty_url) == ["applied"] * 3
    down = genji("migrate", "down", "--yes", "--json", url=empty_url)
    assert [(row["name"], row["state"]) for row in down.json] == [("expand_third", "pending")]
    assert states(genji, empty_url) == ["applied", "applied", "pending"]


def test_a_dry_run_lists_what_is_pending(genji: Genji, empty_url: str, folder: Path) -> None:
    done = genji("migrate", "up", "--dry-run", "--json", url=empty_url)
    assert [row["name"] for row in done.json] == ["expand_first", "expand_second", "expand_third"]
    assert states(genji, empty_url) == ["pending"] * 3


def test_status_can_end_with_one_when_something_is_pending(
    genji: Genji, empty_url: str, folder: Path
) -> None:
    assert genji("migrate", "status", "--exit-code", url=empty_url).code == 1
    genji("migrate", "up", url=empty_url)
    assert genji("migrate", "status", "--exit-code", url=empty_url).code == 0


def test_a_migration_that_fails_leaves_nothing_of_itself(genji: Genji, empty_url: str, folder: Path) -> None:
    broken = "-- migrate:up\ncreate table public.half (id int);\nselect 1 / 0;\n\n-- migrate:down\n"
    (folder / "20260101000004_expand_broken.sql").write_text(broken)
    done = genji("migrate", "up", url=empty_url)
    assert done.code == 2
    assert "division by zero" in done.err
    assert states(genji, empty_url) == ["applied"] * 3 + ["pending"]
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select to_regclass('public.half')").fetchone() == (None,)


def test_a_late_migration_of_an_earlier_date_is_refused(genji: Genji, empty_url: str, folder: Path) -> None:
    third = folder / "20260101000002_expand_second.sql"
    text = third.read_text()
    third.unlink()
    assert genji("migrate", "up", url=empty_url).code == 0
    third.write_text(text)
    assert genji("migrate", "up", url=empty_url).code == 2


def test_a_version_without_a_file_is_unknown(genji: Genji, empty_url: str, folder: Path) -> None:
    genji("migrate", "up", url=empty_url)
    (folder / "20260101000003_expand_third.sql").unlink()
    assert states(genji, empty_url) == ["applied", "applied", "unknown"]


def test_a_database_of_before_the_migrations_were_folded_needs_nothing(
    genji: Genji, empty_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genji("migrate", "up", url=empty_url)
    genji("migrate", "dump", url=empty_url)
    first, second, third = sorted(folder.glob("*.sql"))[:3]
    text, folded = first.read_text(), second.read_text()
    for mark in ("-- migrate:up\n", "-- migrate:down\n"):
        text = text.replace(mark, mark + folded.partition(mark)[2].partition("\n")[0] + "\n")
    first.write_text(text)
    second.unlink()
    dbmate.SCHEMA.write_text(dbmate.SCHEMA.read_text().replace("    ('20260101000002'),\n", ""))
    monkeypatch.setattr(dbmate, "FOLDED", third.name[:14])
    assert states(genji, empty_url) == ["applied", "folded", "applied"]
    assert genji("migrate", "status", "--exit-code", url=empty_url).code == 0
    up = genji("migrate", "up", "--json", url=empty_url)
    assert (up.code, up.json) == (0, [])
    assert "differs" not in up.err
    (folder / "20260101000004_expand_fourth.sql").write_text("-- migrate:up\nselect 1;\n-- migrate:down\n")
    assert [row["name"] for row in genji("migrate", "up", "--json", url=empty_url).json] == ["expand_fourth"]


def test_a_waiting_migration_says_who_holds_the_lock(genji: Genji, empty_url: str, folder: Path) -> None:
    genji("migrate", "up", url=empty_url)
    with psycopg.connect(empty_url, application_name="genji-api") as holder:
        holder.execute("lock table public.third")
        done = genji("migrate", "down", "--yes", "--lock-timeout", "2.5", url=empty_url)
    assert done.code == 75
    assert "Waiting for a lock held by genji-api" in done.err
    assert "lock table public.third" in done.err
    assert states(genji, empty_url) == ["applied"] * 3


def test_new_migrations_say_whether_they_expand_or_contract(
    genji: Genji, folder: Path, shared_url: str
) -> None:
    made = genji("migrate", "new", "contract", "Drop; old 'names'", "--json", url=shared_url).json
    path = Path(made["file"])
    assert path.parent == folder
    assert path.name.endswith("_contract_drop_old_names.sql")
    assert "-- migrate:down" in path.read_text()
    assert genji("migrate", "new", "rename", "x", url=shared_url).code == 2
    assert genji("migrate", "new", "expand", ";", url=shared_url).code == 2


def test_a_new_migration_is_the_last_one(genji: Genji, folder: Path, shared_url: str) -> None:
    (folder / "29991231235959_expand_to_come.sql").write_text("-- migrate:up\n-- migrate:down\n")
    made = genji("migrate", "new", "expand", "more", "--json", url=shared_url).json
    assert Path(made["file"]).name == "30000101000000_expand_more.sql"
    assert Path(made["file"]).exists()


def test_a_database_of_any_name_is_created_on_request(genji: Genji, server_url: str, folder: Path) -> None:
    name = unique('a b; drop "c"')
    url = at(server_url, name)
    refused = genji("migrate", "up", url=url)
    assert refused.code == 2
    assert f'There is no database "{name}"' in refused.err
    assert genji("migrate", "up", "--create", url=url).code == 0
    assert states(genji, url) == ["applied"] * 3
    drop(url)


def test_a_schema_other_than_the_written_one_is_noticed(genji: Genji, empty_url: str, folder: Path) -> None:
    genji("migrate", "up", url=empty_url)
    genji("migrate", "dump", url=empty_url)
    assert "CREATE TABLE public.third" in dbmate.SCHEMA.read_text()
    assert genji("migrate", "dump", "--check", "--json", url=empty_url).json == []
    with psycopg.connect(empty_url) as connection:
        connection.execute("alter table public.third add column extra int")
    done = genji("migrate", "dump", "--check", "--json", url=empty_url)
    assert done.code == 1
    assert any("extra integer" in row["line"] for row in done.json)
    (folder / "20260101000009_expand_more.sql").write_text("-- migrate:up\nselect 1;\n-- migrate:down\n")
    assert "differs from sql/schema.sql" in genji("migrate", "up", url=empty_url).err


def test_two_at_once_apply_everything_once(empty_url: str) -> None:
    def start() -> subprocess.Popen[str]:
        command = [sys.executable, ROOT / "cli.py", "migrate", "up", "--quiet"]
        return subprocess.Popen(command, env=environment(empty_url), stderr=subprocess.PIPE, text=True)

    both = [start(), start()]
    said = [each.communicate()[1] for each in both]
    assert [each.returncode for each in both] == [0, 0], said


def test_a_database_that_does_not_answer_is_said_to_be_away(genji: Genji) -> None:
    done = genji("migrate", "status", url="postgresql://nobody@127.0.0.1:1/none")
    assert (done.code, done.out) == (75, "")
    assert "127.0.0.1:1" in done.err


def test_missing_settings_are_named(genji: Genji) -> None:
    done = genji("migrate", "status")
    assert done.code == 2
    assert "DATABASE_URL: is required" in done.err


def test_migrating_needs_no_settings_of_the_broker(genji: Genji, shared_url: str) -> None:
    assert genji("migrate", "status", url=shared_url, AMQP_URL=None, TOKEN_SECRET=None).code == 0
