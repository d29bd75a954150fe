"""This project's query files, the server they are proved on, and the writing of what follows from them."""

import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from genjilib.core.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from genjilib.db.build import Outcome, Project

ROOT: Final = Path(__file__).resolve().parents[3]
SQL: Final = ROOT / "sql"
SKELETON: Final = """\
-- Return …: say in a sentence what this is for.
-- returns: many
select m.id, m.code
from core.maps as m
where m.category = :category
order by m.id
"""
_numbers: Final = itertools.count()
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def project(folder: Path | None = None, values: str | None = None) -> "Project":
    """Return where queries, modules, schema and signatures are kept: by this checkout, or in ``folder``.

    ``values`` is the module whose types the headers of ``folder`` may name.
    """
    from genjilib.db.build import Project

    if folder is None:
        sql, modules, values = SQL, ROOT / "genjilib/queries", "genjilib.core.values"
    else:
        sql, modules = folder / "sql", folder / "queries"
    if values is not None:
        try:
            import_module(values)
        except ImportError as error:
            raise Invalid(f"The module {values} cannot be imported: {error}.") from error
    return Project(sql / "queries", modules, sql / "schema.sql", sql / "signatures.json", values or "")


def source(query: str) -> str:
    """Return the text of a query given by its name, as a file, or on standard input by ``-``."""
    if query == "-":
        return sys.stdin.read()
    named = _NAME.fullmatch(query) and not Path(query).exists()
    return read(SQL / "queries" / f"{query.replace('.', '/')}.sql" if named else Path(query))


def read(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotFound(f"{path} cannot be read: {reason}.") from error


def new_path(name: str) -> Path:
    """Return where the query called ``name`` will stand."""
    if not _NAME.fullmatch(name):
        raise Invalid("A query is called domain.verb, in small letters, such as maps.search.")
    path = SQL / "queries" / f"{name.replace('.', '/')}.sql"
    if path.exists():
        raise Conflict(f"{path} is there already.")
    return path


@contextmanager
def database(url: str | None) -> Generator[str]:
    """Lend a migrated database: the one at ``url``, or one on a scratch server of our own."""
    if url is not None:
        yield url
        return
    from genjilib.local.scratch import scratch_database

    with scratch_database() as scratch:
        yield scratch


@contextmanager
def with_schema(url: str, schema: str) -> Generator[str]:
    """Lend a database with ``schema`` on the server of ``url``; it is dropped afterwards."""
    import psycopg
    from psycopg import sql

    name = f"schema-{os.getpid()}-{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        try:
            made = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
            with psycopg.connect(made, autocommit=True) as connection:
                connection.execute(schema.encode())
            yield made
        finally:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def kept_database(
    url: str | None, schema: Path | None = None
) -> Generator[Callable[[], AbstractContextManager[str]]]:
    """Lend a database, with a schema of its own if one is given, many times; it is made when first wanted."""
    with ExitStack() as stack:
        started: list[str] = []

        @contextmanager
        def lend() -> Generator[str]:
            if not started:
                lent = stack.enter_context(database(url))
                started.append(stack.enter_context(with_schema(lent, read(schema))) if schema else lent)
            yield started[0]

        yield lend


def formatted(outcome: "Outcome") -> dict[Path, str]:
    """Return the texts of an outcome, Python formatted as ruff does everywhere else in the project."""
    modules = {path: text for path, text in outcome.texts.items() if path.suffix == ".py"}
    with tempfile.TemporaryDirectory(prefix="genji-sql-") as folder:
        for path, text in modules.items():
            (Path(folder) / path.name).write_text(text)
        ruff = str(Path(sys.executable).with_name("ruff"))
        command = [ruff, "format", "--quiet", "--no-cache", "--config", str(ROOT / "pyproject.toml"), folder]
        subprocess.run(command, check=True)
        written = {path: (Path(folder) / path.name).read_text() for path in modules}
    return outcome.texts | written


def out_of_date(texts: dict[Path, str], modules: Path) -> list[Path]:
    """Return the files that are not what ``texts`` says, and modules that no query stands behind any more."""
    wrong = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    return wrong + [path for path in sorted(modules.glob("*.py")) if path not in texts]
