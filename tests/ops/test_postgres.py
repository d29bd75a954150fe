"""How programs are told of a database."""

from pathlib import Path

import pytest

from genjilib.core.errors import Invalid, Unavailable
from genjilib.ops import postgres
from genjilib.ops.postgres import Target


def test_a_password_is_in_the_environment_and_never_in_an_argument() -> None:
    target = Target.of("postgresql://me:se%20cret@host:5433/name")
    assert "se cret" not in target.argument()
    assert target.environment()["PGPASSWORD"] == "se cret"


@pytest.mark.parametrize("name", ["a b", "a'b", "a;b", 'a"b', "a\\b", "ä", "-d", "a=b host=evil"])
def test_every_name_of_a_database_is_one_argument(name: str) -> None:
    assert Target.of(Target({}).named(name).argument()).database == name


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me@h:1/n", "postgres://me@h:1/n?sslmode=disable"),
        ("postgresql://me:p%40s@h/n", "postgres://me:p%40s@h:5432/n?sslmode=disable"),
        ("postgresql://[::1]/n", "postgres://[::1]:5432/n?sslmode=disable"),
        ("host=/run/pg dbname='a b' user=me", "postgres://me@:5432/a%20b?host=%2Frun%2Fpg&sslmode=disable"),
    ],
)
def test_an_address_is_written_for_dbmate(url: str, expected: str) -> None:
    assert Target.of(url).url(sslmode="disable") == expected


def test_nonsense_is_no_address() -> None:
    with pytest.raises(Invalid):
        Target.of("not an address")


def test_a_program_is_new_enough_for_the_server() -> None:
    assert postgres.program("pg_dump", 17).name == "pg_dump"
    with pytest.raises(Unavailable) as caught:
        postgres.program("pg_dump", 99)
    assert "postgresql-client-99" in caught.value.detail


def test_an_older_program_first_on_the_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert postgres.program("pg_dump", 17) != old
