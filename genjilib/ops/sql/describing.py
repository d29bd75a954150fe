"""What is proved of one query, or of many cases on schemas of their own, each in a scratch database."""

import itertools
import json
import os
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
import typer

from genjilib.core.errors import Invalid
from genjilib.db.describe import describe_any
from genjilib.db.nullability import schema_fixed
from genjilib.db.scan import SqlFileError
from genjilib.db.signature import Column, Parameter, Signature
from genjilib.ops.shell import say
from genjilib.ops.sql import project

_WORTH_PROCESSES: Final = 8
"""So many schemas take longer than processes take to begin."""


class _Parameter(msgspec.Struct):
    n: int
    nullable: bool | None = None


class _Case(msgspec.Struct):
    query: str
    id: Any = None
    schema: str | None = None
    params: list[_Parameter] = []


class _Cases(msgspec.Struct):
    cases: list[_Case]
    schemas: dict[str, str] = {}


def describe(query: str | None, schema: Path | None, cases: Path | None, url: str | None) -> dict[str, Any]:
    """Return what is proved of a query, or of all ``cases``; exit with 2 when a query is refused."""
    source = project.source(query) if query is not None else ""
    made = project.read(schema) if schema is not None else None
    with project.database(url) as server:
        if cases is not None:
            return {"cases": describe_cases(server, cases)}
        try:
            with _connection(server, made) as connection:
                return _told(describe_any(connection, source))
        except psycopg.Error as error:
            raise Invalid(f"The schema is refused: {str(error).splitlines()[0]}") from error
        except SqlFileError as error:
            say(str(error))
            raise typer.Exit(2) from error


def rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each column and parameter, for people."""
    found: list[dict[str, Any]] = []
    for one in told.get("cases", [told]):
        if "error" in one:
            found.append({"case": one["id"], "kind": "error", "why": one["error"].splitlines()[0]})
            continue
        for kind in ("columns", "params"):
            found += [
                {"case": one.get("id"), "kind": kind.removesuffix("s"), **member} for member in one[kind]
            ]
    return found


def describe_cases(url: str, path: Path) -> list[dict[str, Any]]:
    """Describe each case of a file ``{"schemas": {name: ddl}, "cases": [{id, schema, query}]}``.

    ``schema`` is a name out of ``schemas``, or DDL; ``params`` of a case may say ``nullable``. A refused case
    has an ``error`` instead of columns.
    """
    document = _document(path)
    groups: dict[str, list[_Case]] = {}
    for case in document.cases:
        named = case.schema or ""
        groups.setdefault(document.schemas.get(named, named), []).append(case)
    answers: dict[int, dict[str, Any]] = {}
    for group, told in zip(groups.values(), _asked(url, groups), strict=True):
        answers |= {id(case): answer for case, answer in zip(group, told, strict=True)}
    return [answers[id(case)] for case in document.cases]


def _asked(url: str, groups: Mapping[str, Sequence[_Case]]) -> list[list[dict[str, Any]]]:
    if len(groups) < _WORTH_PROCESSES:
        return [_group(url, schema, cases) for schema, cases in groups.items()]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("fork")) as pool:
        return list(pool.map(_group, itertools.repeat(url), groups, groups.values()))


def _document(path: Path) -> _Cases:
    try:
        document: Any = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} is not a file of cases: {error}") from error
    try:
        return msgspec.convert({"cases": document} if isinstance(document, list) else document, _Cases)
    except msgspec.ValidationError as error:
        raise Invalid(f"{path} is not a file of cases: {error}") from error


def _group(url: str, schema: str, cases: Sequence[_Case]) -> list[dict[str, Any]]:
    try:
        with _connection(url, schema) as connection:
            return [_case(connection, case) for case in cases]
    except psycopg.Error as error:
        return [{"id": case.id, "error": f"the schema is refused: {error}"} for case in cases]


def _case(connection: psycopg.Connection[Any], case: _Case) -> dict[str, Any]:
    said = [parameter for parameter in case.params if parameter.nullable is not None]
    nullable = {parameter.n for parameter in said if parameter.nullable} if said else None
    try:
        return {"id": case.id, **_told(describe_any(connection, case.query, nullable))}
    except SqlFileError as error:
        return {"id": case.id, "error": str(error)}


def _told(signature: Signature) -> dict[str, Any]:
    def member(one: Column | Parameter) -> dict[str, Any]:
        return {"name": one.name, "pg_type": one.type_name, "nullable": one.nullable, "why": one.why}

    return {
        "columns": [member(column) for column in signature.columns],
        "params": [{"n": n, **member(found)} for n, found in enumerate(signature.parameters, 1)],
        "rows": signature.rows,
    }


@contextmanager
def _connection(url: str, schema: str | None) -> Generator[psycopg.Connection[Any]]:
    """Connect to ``url``, or to a database with ``schema`` on the same server that is dropped afterwards."""
    if schema is None:
        with psycopg.connect(url, autocommit=True) as connection, schema_fixed(connection):
            yield connection
        return
    with (
        project.with_schema(url, schema) as made,
        psycopg.connect(made, autocommit=True) as connection,
        schema_fixed(connection),
    ):
        yield connection
