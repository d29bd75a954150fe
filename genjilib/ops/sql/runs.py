"""One run of ``sql generate`` or ``sql check``, or one after each change of a file."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import typer

from genjilib.db.build import Outcome, build
from genjilib.ops.shell import say
from genjilib.ops.sql.project import SQL, formatted, kept_database, out_of_date, project

_POLL_SECONDS = 0.3

Act = Callable[[Outcome], int]


def run(url: str | None, *, ask_all: bool, watch: bool, act: Act) -> None:
    """Build and act: exit with 2 when a query file is wrong, with 1 when ``act`` found a file out of date."""
    with kept_database(url) as server:
        status = _once(server, ask_all=ask_all, act=act)
        while watch:
            _wait_for_change()
            _once(server, ask_all=False, act=act)
    if status:
        raise typer.Exit(status)


def write(outcome: Outcome) -> int:
    """Write what changed and remove what no query stands behind."""
    texts = formatted(outcome)
    for path in out_of_date(texts, project().modules):
        if path in texts:
            path.write_text(texts[path])
            typer.echo(f"wrote {path}")
        else:
            path.unlink()
            typer.echo(f"removed {path}")
    return 0


def compare(outcome: Outcome) -> int:
    """Name what is out of date."""
    wrong = out_of_date(formatted(outcome), project().modules)
    for path in wrong:
        say(f"{path} is out of date; run 'make sql'")
    return 1 if wrong else 0


def _once(server: Callable[[], AbstractContextManager[str]], *, ask_all: bool, act: Act) -> int:
    outcome = build(project(), server, ask_all=ask_all)
    for error in outcome.errors:
        say(str(error))
    return 2 if outcome.errors else act(outcome)


def _wait_for_change() -> None:
    before = _state()
    while _state() == before:
        time.sleep(_POLL_SECONDS)
    say("—")


def _state() -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (SQL / "queries").rglob("*.sql")}
