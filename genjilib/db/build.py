"""From a folder of query files to their signatures and modules, asking PostgreSQL about what changed only."""

import gc
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from genjilib.db import generate, signatures
from genjilib.db.scan import Key, QueryFile, SqlFileError, parse, raise_all
from genjilib.db.signature import Signature

if TYPE_CHECKING:
    from genjilib.db.describe import Part

_WORTH_A_PROCESS: Final = 25
"""So many files take longer to prove than a process takes to begin."""
_PIECE: Final = 32
"""So many texts of one file are proved by one process; a file of many is shared."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where the files of a project are."""

    queries: Path
    modules: Path
    schema: Path
    signatures: Path
    values: str = ""
    """The module whose types headers may name; none without."""


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
    from genjilib.db.describe import join

    shares = min(os.cpu_count() or 1, len(files) // _WORTH_A_PROCESS + 1)
    if shares == 1:
        answers = _ask(url, [(file, list(file.variants())) for file in files])
    else:
        with ProcessPoolExecutor(shares, mp_context=get_context("fork")) as pool:
            told = pool.map(_ask, [url] * shares, _even(files, shares))
            answers = [answer for share in told for answer in share]
    parts: dict[str, list[Part]] = {}
    errors: dict[str, list[SqlFileError]] = {}
    for name, answer in answers:
        if isinstance(answer, list):
            errors.setdefault(name, []).extend(answer)
        else:
            parts.setdefault(name, []).append(answer)
    found: dict[str, Signature] = {}
    for file in files:
        try:
            raise_all(errors.get(file.name, ()))
            found[file.name] = join(file, parts[file.name])
        except SqlFileError as error:
            outcome.errors += error.all()
    outcome.proved = len(found)
    return found


def _even(files: Sequence[QueryFile], shares: int) -> list[list[tuple[QueryFile, list[Key]]]]:
    """Deal texts out so that all shares have about as much to prove."""
    pieces = [
        (file, keys[start : start + _PIECE])
        for file in files
        if (keys := list(file.variants()))
        for start in range(0, len(keys), _PIECE)
    ]
    dealt: list[list[tuple[QueryFile, list[Key]]]] = [[] for _ in range(shares)]
    loads = [0] * shares
    for file, keys in sorted(pieces, key=lambda piece: len(piece[1]) * len(piece[0].source), reverse=True):
        least = loads.index(min(loads))
        dealt[least].append((file, keys))
        loads[least] += len(keys) * len(file.source)
    return dealt


def _ask(
    url: str, pieces: Sequence[tuple[QueryFile, list[Key]]]
) -> list[tuple[str, "Part | list[SqlFileError]"]]:
    """Return for each piece the name of its file, and what is proved of its texts or wrong with them."""
    import psycopg  # half of the time that a check without changes would take

    from genjilib.db.describe import describe_part
    from genjilib.db.nullability import schema_fixed

    answers: list[tuple[str, Part | list[SqlFileError]]] = []
    with psycopg.connect(url, autocommit=True) as connection, schema_fixed(connection), _uncollected():
        for file, keys in pieces:
            try:
                answers.append((file.name, describe_part(connection, file, keys)))
            except SqlFileError as error:
                answers.append((file.name, error.all()))
    return answers


@contextmanager
def _uncollected() -> Generator[None]:
    """Keep the collector from looking through all trees again and again: a third of the time, for 80 MB."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _modules(project: Project, entries: Sequence[tuple[QueryFile, Signature]], outcome: Outcome) -> None:
    domains: dict[str, list[str]] = {}
    values = generate.Values.of(project.values) if project.values else generate.NO_VALUES
    for file, signature in entries:
        try:
            domains.setdefault(file.path.split("/")[0], []).append(
                generate.statement(file, signature, values)
            )
        except SqlFileError as error:
            outcome.errors += error.all()
    for domain, bodies in domains.items():
        outcome.texts[project.modules / f"{domain}.py"] = generate.module(domain, bodies, values)
    outcome.texts[project.modules / "__init__.py"] = generate.package(sorted(domains))
