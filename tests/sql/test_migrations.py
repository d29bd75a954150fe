"""The migrations build the schema file, and each goes down and up again on filled tables."""

import shutil
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.sql.catalog import describe
from tests.sql.dbmate import BIN, MIGRATIONS, SCHEMA, create_database, dbmate, drop_database, run
from tests.sql.fill import fill, read_catalog

TABLES = """
    select schemaname, tablename
    from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'schema_migrations'
"""


def without_versions(dump: str) -> list[str]:
    """The lines of a dump but for those that name the server's release."""
    return [line for line in dump.splitlines() if not line.startswith("-- Dumped ")]


def tables(connection: psycopg.Connection) -> set[str]:
    return {f"{schema}.{name}" for schema, name in connection.execute(TABLES).fetchall()}


def row_counts(connection: psycopg.Connection) -> dict[str, int]:
    rows = connection.execute(TABLES).fetchall()
    one = sql.SQL("select {}, count(*) from {}")
    counts = [one.format(f"{names[0]}.{names[1]}", sql.Identifier(*names)) for names in rows]
    return dict(connection.execute(sql.SQL(" union all ").join(counts)).fetchall() if counts else ())


def test_schema_file_is_what_the_migrations_build(template_url: str, tmp_path: Path) -> None:
    built = tmp_path / "schema.sql"
    dbmate(template_url, "dump", schema=built)
    stale = f"after a change of the migrations, copy {built} to {SCHEMA}"
    assert without_versions(built.read_text()) == without_versions(SCHEMA.read_text()), stale


def test_every_table_can_be_filled(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        fill(connection)
        connection.commit()
        # What a transaction has still to do is done when it commits.
        assert [name for name, rows in row_counts(connection).items() if not rows] == ["ranks.pending"]


@pytest.mark.timeout(600)
def test_each_migration_goes_down_and_up_on_filled_tables(
    template_url: str, database_url: str, tmp_path: Path
) -> None:
    applied = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, applied)
    # One connection, which knows the catalogue already, looks at all of it.
    with psycopg.connect(database_url, autocommit=True) as connection:
        fill(connection)
        # Runs that count follow from runs, as a migration finds them again that goes up where there are some.
        connection.execute("select ranks.rebuild()")
        for migration in sorted(applied.iterdir(), reverse=True):
            schema, rows = describe(connection), row_counts(connection)
            dbmate(database_url, "down", migrations=applied)
            kept = tables(connection) & rows.keys()
            dbmate(database_url, "up", "--strict", migrations=applied)
            assert describe(connection) == schema, migration.name
            found = row_counts(connection)
            assert {name: found[name] for name in kept} == {name: rows[name] for name in kept}, migration.name
            dbmate(database_url, "down", migrations=applied)
            migration.unlink()
        assert describe(connection) == []
    # And what nobody sees any more spoils nothing either.
    dbmate(database_url, "up", "--strict")
    dumps: list[str] = []
    for name, url in {"before": template_url, "after": database_url}.items():
        dbmate(url, "dump", schema=tmp_path / name)
        dumps.append((tmp_path / name).read_text())
    assert dumps[0] == dumps[1]


def data(url: str) -> str:
    """All rows, as `pg_dump` writes them for another database of the same schema."""
    options = ["--data-only", "--disable-triggers", "--exclude-table=public.schema_migrations"]
    return run(BIN / "pg_dump", *options, "--restrict-key=same", url)


def test_dumped_rows_load_unchanged(
    database_url: str, server_url: str, template_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as connection:
        fill(connection)
    rows = data(database_url)
    (tmp_path / "rows.sql").write_text(rows)
    loaded = create_database(server_url, "loaded", template=template_url)
    with psycopg.connect(loaded) as connection:
        tables, _ = read_catalog(connection)
        connection.execute(f"truncate {', '.join(tables)}".encode())
    run(BIN / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "rows.sql"), loaded)
    assert data(loaded) == rows
    drop_database(server_url, "loaded")
