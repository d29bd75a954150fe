"""This project's query files, the server they are proved on, and the writing of what follows from them."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def project() -> "Project":
    """Return where this checkout keeps its queries, modules, schema and signatures."""
    from genjilib.db.build import Project

    return Project(SQL / "queries", ROOT / "genjilib/queries", SQL / "schema.sql", SQL / "signatures.json")


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
def kept_database(url: str | None) -> Generator[Callable[[], AbstractContextManager[str]]]:
    """Lend a database many times, started once when it is first wanted."""
    with ExitStack() as stack:
        started: list[str] = []

        @contextmanager
        def lend() -> Generator[str]:
            if not started:
                started.append(stack.enter_context(database(url)))
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
