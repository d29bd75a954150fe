"""The migrations build the schema file, and each goes down and up again on filled tables."""

import shutil
from pathlib import Path

import psycopg

from tests.sql.catalog import describe
from tests.sql.dbmate import MIGRATIONS, SCHEMA, dbmate
from tests.sql.fill import count, fill, read_catalog


def without_versions(dump: str) -> list[str]:
    """The lines of a dump but for those that name the server's release."""
    return [line for line in dump.splitlines() if not line.startswith("-- Dumped ")]


def objects(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return describe(connection)


def row_counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        tables, _ = read_catalog(connection)
        return {name: count(connection, table) for name, table in tables.items()}


def test_schema_file_is_what_the_migrations_build(template_url: str, tmp_path: Path) -> None:
    dbmate(template_url, "dump", schema=tmp_path / "schema.sql")
    assert without_versions((tmp_path / "schema.sql").read_text()) == without_versions(SCHEMA.read_text())


def test_every_table_can_be_filled(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        fill(connection)
    assert [name for name, rows in row_counts(database_url).items() if not rows] == []


def test_each_migration_goes_down_and_up_on_filled_tables(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        fill(connection)
    applied = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, applied)
    for migration in sorted(applied.iterdir(), reverse=True):
        schema, rows = objects(database_url), row_counts(database_url)
        dbmate(database_url, "down", migrations=applied)
        kept = row_counts(database_url).keys()
        dbmate(database_url, "up", "--strict", migrations=applied)
        assert objects(database_url) == schema, migration.name
        assert {name: n for name, n in row_counts(database_url).items() if name in kept} == {
            name: n for name, n in rows.items() if name in kept
        }, migration.name
        dbmate(database_url, "down", migrations=applied)
        migration.unlink()
    assert objects(database_url) == []


def test_schema_is_the_same_after_everything_went_down_and_up(
    template_url: str, database_url: str, tmp_path: Path
) -> None:
    for _ in MIGRATIONS.iterdir():
        dbmate(database_url, "down")
    dbmate(database_url, "up", "--strict")
    dumps = []
    for name, url in {"before": template_url, "after": database_url}.items():
        dbmate(url, "dump", schema=tmp_path / name)
        dumps.append((tmp_path / name).read_text())
    assert dumps[0] == dumps[1]
