"""What is told about a statement that ran: how long it took, why it was refused, and where in its file."""

from functools import cache
from typing import NoReturn

import psycopg
from prometheus_client import Histogram
from psycopg import pq

from genjilib.core import log, metrics
from genjilib.db import constraints
from genjilib.db.statement import AnyStatement, Text

_logger = log.get_logger(__name__)


def answered(statement: AnyStatement, seconds: float, result: pq.abc.PGresult, *, slow: float) -> None:
    """Count a statement that worked; log it when it took ``slow`` seconds or more.

    The line carries the query's name and what the context carries, such as the id of the request; never a
    value, for values may be anybody's mail address.
    """
    _seconds(statement.name).observe(seconds)
    if seconds >= slow:
        _logger.warning("slow-query", query=statement.name, seconds=round(seconds, 4), rows=_rows(result))


def refuse(statement: AnyStatement, text: Text, error: psycopg.Error) -> NoReturn:
    """Count a statement that failed, and raise what its caller shall see.

    Both the error and its cause, which a trace shows, say which file it was and, where PostgreSQL tells, the
    line and column.
    """
    metrics.QUERY_ERRORS.labels(statement.name, error.sqlstate or "none").inc()
    error.add_note(f"in {place(statement, text, error)}")
    meant = constraints.translate(error)
    if meant is None:
        raise error  # not "from" itself: who follows causes would never come to an end
    raise meant from error


def place(statement: AnyStatement, text: Text, error: psycopg.Error) -> str:
    """Return ``path:line:column`` of a mistake, or only the path where PostgreSQL names no position."""
    position = error.diag.statement_position
    if position is None:
        return f"sql/queries/{statement.file.path}"
    found = statement.file.error(text.compiled.source_offset(int(position) - 1), "")
    return f"{found.path}:{found.line}:{found.column}"


@cache
def _seconds(query: str) -> Histogram:
    return metrics.QUERY_SECONDS.labels(query)


def _rows(result: pq.abc.PGresult) -> int:
    return result.ntuples or result.command_tuples or 0
