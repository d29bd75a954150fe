"""From a folder of query files to their signatures and modules, asking PostgreSQL about what changed only."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from genjilib.db import generate, signatures
from genjilib.db.describe import describe
from genjilib.db.nullability import schema_fixed
from genjilib.db.scan import QueryFile, SqlFileError, parse
from genjilib.db.signatures import Signature

_CONNECTIONS: Final = 2
"""Statements are proved on so many connections at once; more than processors would not help."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where the files of a project are."""

    queries: Path
    modules: Path
    schema: Path
    signatures: Path


@dataclass(slots=True)
class Outcome:
    """What came of a folder: the text of every file to be written, or what is wrong."""

    texts: dict[Path, str] = field(default_factory=dict[Path, str])
    errors: list[SqlFileError] = field(default_factory=list[SqlFileError])
    proved: int = 0
    """How many files PostgreSQL was asked about; the others had not changed."""


def build(
    project: Project, server: Callable[[], AbstractContextManager[str]], *, ask_all: bool = False
) -> Outcome:
    """Return the modules and the signature cache of ``project``.

    ``server`` lends the URL of a database with the project's schema. It is called only when a file, the
    schema or the prover has changed since the cache was written, or with ``ask_all``.
    """
    outcome = Outcome()
    files = _files(project.queries, outcome)
    cache = signatures.read(project.signatures, project.schema)
    known = {} if ask_all else {file.name: found for file in files if (found := cache.get(file))}
    asked = [file for file in files if file.name not in known]
    if asked:
        with server() as url:
            known |= _proved(url, asked, outcome)
    entries = [(file, known[file.name]) for file in files if file.name in known]
    _modules(project, entries, outcome)
    outcome.errors.sort(key=lambda error: (error.path, error.line, error.column))
    outcome.texts[project.signatures] = signatures.text(project.schema, entries)
    return outcome


def _files(folder: Path, outcome: Outcome) -> list[QueryFile]:
    files: list[QueryFile] = []
    for path in sorted(folder.rglob("*.sql")):
        try:
            files.append(parse(str(path.relative_to(folder)), path.read_text()))
        except SqlFileError as error:
            outcome.errors += error.all()
    return files


def _proved(url: str, files: Sequence[QueryFile], outcome: Outcome) -> dict[str, Signature]:
    found: dict[str, Signature] = {}
    waiting = iter(files)

    def work(_: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection, schema_fixed(connection):
            for file in waiting:
                try:
                    found[file.name] = describe(connection, file)
                except SqlFileError as error:
                    outcome.errors += error.all()

    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(work, range(_CONNECTIONS)))
    outcome.proved = len(found)
    return found


def _modules(project: Project, entries: Sequence[tuple[QueryFile, Signature]], outcome: Outcome) -> None:
    domains: dict[str, list[str]] = {}
    for file, signature in entries:
        try:
            domains.setdefault(file.path.split("/")[0], []).append(generate.statement(file, signature))
        except SqlFileError as error:
            outcome.errors += error.all()
    for domain, bodies in domains.items():
        outcome.texts[project.modules / f"{domain}.py"] = generate.module(domain, bodies)
    outcome.texts[project.modules / "__init__.py"] = generate.package(sorted(domains))
