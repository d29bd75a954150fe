"""One run of ``sql generate`` or ``sql check``, or one after each change of a file."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import typer

from genjilib.db.build import Outcome, Project, build
from genjilib.ops.shell import say
from genjilib.ops.sql.project import formatted, kept_database, out_of_date, project

_POLL_SECONDS = 0.3

Act = Callable[[Outcome, Project], int]


def run(
    url: str | None, folder: Path | None, values: str | None, *, ask_all: bool, watch: bool, act: Act
) -> None:
    """Build and act: exit with 2 when a query file is wrong, with 1 when ``act`` found a file out of date."""
    made = project(folder, values)
    with kept_database(url, made.schema if folder else None) as server:
        seen = _state(made)
        status = _once(made, server, ask_all=ask_all, act=act)
        while watch:
            seen = _changed(made, seen)
            _once(made, server, ask_all=False, act=act)
    if status:
        raise typer.Exit(status)


def write(outcome: Outcome, made: Project) -> int:
    """Write what changed and remove what no query stands behind."""
    texts = formatted(outcome)
    for path in out_of_date(texts, made.modules):
        if path in texts:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path])
            typer.echo(f"wrote {path}")
        else:
            path.unlink()
            typer.echo(f"removed {path}")
    return 0


def compare(outcome: Outcome, made: Project) -> int:
    """Name what is out of date."""
    wrong = out_of_date(formatted(outcome), made.modules)
    for path in wrong:
        say(f"{path} is out of date; run 'make sql'")
    return 1 if wrong else 0


def _once(
    made: Project, server: Callable[[], AbstractContextManager[str]], *, ask_all: bool, act: Act
) -> int:
    outcome = build(made, server, ask_all=ask_all)
    for error in outcome.errors:
        say(str(error))
    return 2 if outcome.errors else act(outcome, made)


def _changed(made: Project, seen: dict[Path, int]) -> dict[Path, int]:
    """Wait until the files are not as they were ``seen`` before the last run; return how they are then."""
    while (found := _state(made)) == seen:
        time.sleep(_POLL_SECONDS)
    say("—")
    return found


def _state(made: Project) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in made.queries.rglob("*.sql")}
