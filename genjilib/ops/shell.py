"""How every command prints, asks, shows progress and fails; heavy imports wait until a command runs."""

import sys
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from genjilib.core.errors import Forbidden, GenjiError

T = TypeVar("T")
Row = Mapping[str, Any]

PROGRAM = "genji" if Path(sys.argv[0]).name == "genji" else "./cli.py"
"""How this program was called, for the commands that its sentences name."""

BUG = 70
"""Exit code of an error that is not one of the eight."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only (and JSON where asked for).")]


class Group(TyperGroup):
    """The root of the command tree: turns errors into a sentence and an exit code, never a stack trace."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            known = _known(error)
            if known is None:
                raise
            say(known[0])
            raise typer.Exit(known[1]) from None


def say(text: str) -> None:
    """Tell a person something, on standard error, so that standard output holds results only."""
    typer.echo(text, err=True)


def show(rows: Sequence[Row], columns: Sequence[str], *, json: bool = False) -> None:
    """Print ``rows``: the ``columns`` as a table for people, or every member as one JSON list.

    A terminal gets a table, a pipe or file plain aligned text. Columns called ``…_bytes`` and ``…_seconds``
    are printed with a unit.
    """
    from genjilib.ops import tables

    if json:
        typer.echo(tables.as_json(list(rows)))
    elif not rows:
        say("There are none.")
    elif sys.stdout.isatty():
        tables.rich_table(rows, columns)
    else:
        typer.echo(tables.plain_table(rows, columns))


def show_one(row: Row, *, json: bool = False) -> None:
    """Print the members of one thing, a line each, or as one JSON object."""
    from genjilib.ops import tables

    typer.echo(tables.as_json(row) if json else tables.lines(row))


def confirm(count: int, what: str, *, yes: bool, dry_run: bool, harmless: bool = False) -> bool:
    """Say that ``count`` ``what`` follow (``3``, ``"keys to revoke: …"``) and return whether to go on.

    ``False`` after ``--dry-run`` and when there is nothing to do. Without ``--yes`` a person at a terminal is
    asked. With nobody to ask, ``harmless`` work (it only adds) goes on and other work exits with 2.
    """
    noun, _, rest = what.partition(" ")
    what = f"{count} {noun.removesuffix('s') if count == 1 else noun} {rest}"
    if dry_run:
        say(f"{what}; nothing was changed (--dry-run).")
        return False
    if count == 0:
        say(f"{what}; nothing to do.")
        return False
    if yes:
        return True
    if not sys.stdin.isatty():
        if harmless:
            return True
        say(f"{what}; pass --yes to do it, or --dry-run to look first.")
        raise typer.Exit(2)
    if not typer.confirm(f"{what}. Go on?", default=harmless, err=True):
        say("Nothing was changed.")
        raise typer.Exit(1)
    return True


@contextmanager
def progress(
    title: str, *, total: int | None = None, quiet: bool = False, unit: str = "bytes"
) -> Generator[Callable[[int], None]]:
    """Show what is done, the rate and, with ``total``, the time left; yields what to call with each advance.

    Shown on terminals only, so that logs and mails of cron stay clean.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from genjilib.ops import tables

    with tables.progress_bar(title, total, unit) as advance:
        yield advance


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` on an event loop; SIGTERM ends it as Ctrl-C does: cleaned up, with exit code 130."""
    import asyncio
    import signal

    from genjilib.core import log

    log.configure("cli", level="WARNING")

    async def stoppable() -> T:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await main

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise typer.Exit(130) from None


def _known(error: BaseException) -> tuple[str, int] | None:
    """Return sentence and exit code for ``error``; nothing where Typer itself knows what to do."""
    if isinstance(error, typer.Exit | typer.Abort | EOFError | BrokenPipeError):
        return None
    if type(error).__module__.startswith("typer."):
        return None
    ours = error if isinstance(error, GenjiError) else _of_postgresql(error)
    if ours is not None:
        return f"{ours.title}: {ours.detail}", ours.exit_code
    return f"Something broke. Reference {_report(error)}; the line above says more.", BUG


def _of_postgresql(error: BaseException) -> GenjiError | None:
    if "psycopg" not in sys.modules:
        return None
    import psycopg

    from genjilib.db.constraints import translate

    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        reason = error.diag.message_primary
        return Forbidden(f"PostgreSQL refuses this to the user of DATABASE_URL: {reason}.")
    return translate(error) if isinstance(error, psycopg.Error) else None


def _report(error: BaseException) -> str:
    """Write one log line about an error nobody foresaw and return the id that finds it."""
    import traceback

    from genjilib.core import ids, log

    log.configure("cli", level="WARNING")
    reference = str(ids.new_id())
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    logger = log.get_logger(__name__)
    logger.error(
        "command-failed", reference=reference, error=f"{type(error).__name__}: {error}", where=frames[-8:]
    )
    return reference
