"""The plan of each text of a query, as PostgreSQL makes it for parameters it does not know yet."""

from typing import Any

import psycopg
import typer

from genjilib.db.describe import refusal
from genjilib.db.scan import Key, QueryFile, SqlFileError, parse, parse_any
from genjilib.ops.shell import say
from genjilib.ops.sql import project


def explain(query: str, url: str | None) -> list[dict[str, Any]]:
    """Return the plan of each text with its clauses and order; exit with 2 where PostgreSQL refuses one."""
    source = project.source(query)
    try:
        path = f"{query.removesuffix('.sql').replace('.', '/')}.sql"
        file = parse(path, source) if source.startswith("--") else parse_any(source)
        with project.database(url) as server, psycopg.connect(server, autocommit=True) as connection:
            return [_plan(connection, file, key) for key in file.variants()]
    except SqlFileError as error:
        for one in error.all():
            say(str(one))
        raise typer.Exit(2) from error


def as_text(plans: list[dict[str, Any]]) -> str:
    """Return the plans one below another, each under its choice."""
    return "\n\n".join("\n".join([f"-- {plan['text']}", *plan["plan"]]) for plan in plans)


def _plan(connection: psycopg.Connection[Any], file: QueryFile, key: Key) -> dict[str, Any]:
    compiled = file.compile(key)
    try:
        found = connection.execute(f"explain (generic_plan) {compiled.text}".encode()).fetchall()
    except psycopg.Error as error:
        raise refusal(connection, file, compiled, error, before=len("explain (generic_plan) ")) from None
    return {"text": _choice(file, key), "plan": [line for (line,) in found]}


def _choice(file: QueryFile, key: Key) -> str:
    names = sorted(name for index in key.clauses for name in file.clauses[index].names)
    words = [f"order {key.order}"] if key.order else []
    words += [f"with {', '.join(names)}"] if names else []
    return ", ".join(words) or "the plain text"
