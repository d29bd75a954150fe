"""``genji dlq``: look at dead letters, send them again, edit them, set them aside."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from genjilib.ops.dlq_input import changer, per_second
from genjilib.ops.dlq_input import chosen as chosen_by
from genjilib.ops.shell import DryRun, Json, Yes, confirm, run, say, show, show_one

if TYPE_CHECKING:
    from genjilib.broker.dlq import Filter, Manner
    from genjilib.core.events import Event
    from genjilib.db import Db

app = typer.Typer(name="dlq", help="Look at and replay messages that were given up.", no_args_is_help=True)

GROUP_COLUMNS = ("queue", "error", "n", "applied", "undecodable", "superseded", "oldest", "newest")
LIST_COLUMNS = ("id", "queue", "state", "error", "detail", "attempts", "died_at")
ACTION_COLUMNS = ("id", "at", "who", "what", "n", "outcome", "reason", "filter")

Ids = Annotated[list[int] | None, typer.Argument(help="Numbers of dead letters.")]
Queue = Annotated[str | None, typer.Option("--queue", help="Of this queue.")]
Kind = Annotated[str | None, typer.Option("--type", help="Of this type: the queue's name without 'api.'.")]
Error = Annotated[str | None, typer.Option("--error", help="With this error.")]
Older = Annotated[str | None, typer.Option("--older-than", help="Dead for longer than 30s, 15m, 2h or 7d.")]
Newer = Annotated[str | None, typer.Option("--newer-than", help="Dead for less than that.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", help="With this value in the body: path.to=value; repeatable.")
]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]


@app.command("list")
def list_(
    queue: Queue = None,
    kind: Kind = None,
    error: Error = None,
    older: Older = None,
    newer: Newer = None,
    where: Where = None,
    state: Annotated[
        str, typer.Option(help="dead, replayed, discarded, applied; or any for all of them.")
    ] = "dead",
    group: Annotated[
        str | None, typer.Option("--group", help="error: count by queue and error instead.")
    ] = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List dead letters, newest first; looking changes nothing."""
    chosen = chosen_by(None, queue, kind, error, older, newer, where, state=state)
    if group is None:
        show(run(_list(chosen, limit)), LIST_COLUMNS, json=json)
    elif group == "error":
        show(run(_count(chosen)), GROUP_COLUMNS, json=json)
    else:
        raise typer.BadParameter("dead letters are grouped by 'error'", param_hint="--group")


@app.command("show")
def show_(
    letter: Annotated[int, typer.Argument(help="Number of the dead letter.")],
    raw: Annotated[bool, typer.Option("--raw", help="Print the body alone, exactly as it is kept.")] = False,
    json: Json = False,
) -> None:
    """Show one with its envelope, body, every try and its earlier lives."""
    found = run(_show(letter))
    if raw:
        typer.echo(found["raw"] if found["raw"] is not None else found["body_text"])
        return
    del found["body_text"]
    if json:
        show_one(found, json=True)
        return
    failures, lives = found.pop("failures"), found.pop("lives")
    show_one(found)
    typer.echo("\nTries")
    show(failures, ("attempt", "counted", "failed_at", "error", "detail", "place"))
    typer.echo("\nLives")
    show(lives, ("id", "state", "error", "died_at", "what", "who", "resolved_at"))


@app.command()
def replay(
    ids: Ids = None,
    queue: Queue = None,
    kind: Kind = None,
    error: Error = None,
    older: Older = None,
    newer: Newer = None,
    where: Where = None,
    everything: All = False,
    rate: Annotated[str | None, typer.Option("--rate", help="At most 50/s, 600/m or 1000/h.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    in_order: Annotated[
        bool, typer.Option("--in-order", help="Each only when the one before was applied or died again.")
    ] = False,
    stop: Annotated[
        int | None, typer.Option("--stop-after-failures", min=1, help="Stop when so many died again.")
    ] = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Send dead letters again, with their old ids; an effect that is there already does not happen twice."""
    from genjilib.broker.dlq import Manner

    chosen = chosen_by(ids, queue, kind, error, older, newer, where, everything=everything)
    manner = Manner(rate=per_second(rate), limit=limit, in_order=in_order, stop_after_failures=stop)
    show_one(run(_replay(chosen, manner, yes, dry_run)), json=json)


@app.command()
def edit(
    ids: Ids = None,
    queue: Queue = None,
    kind: Kind = None,
    error: Error = None,
    older: Older = None,
    newer: Newer = None,
    where: Where = None,
    everything: All = False,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="path.to=value, JSON or text; repeatable.")
    ] = None,
    editor: Annotated[bool, typer.Option("--editor", help="Open the body of one in $EDITOR.")] = False,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Send dead letters with other bodies, each checked against its type; they get new ids."""
    if bool(changes) == editor:
        raise typer.BadParameter("say what to change by --set, or use --editor")
    if editor and len(ids or ()) != 1:
        raise typer.BadParameter("the editor takes one dead letter, by its number", param_hint="--editor")
    chosen = chosen_by(ids, queue, kind, error, older, newer, where, everything=everything)
    show_one(run(_edit(chosen, changer(changes or []), yes, dry_run)), json=json)


@app.command()
def discard(
    reason: Annotated[str, typer.Option("--reason", help="Why nobody needs them; is kept.")],
    ids: Ids = None,
    queue: Queue = None,
    kind: Kind = None,
    error: Error = None,
    older: Older = None,
    newer: Newer = None,
    where: Where = None,
    everything: All = False,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Set dead letters aside; they are marked, not deleted."""
    chosen = chosen_by(ids, queue, kind, error, older, newer, where, everything=everything)
    show_one(run(_discard(chosen, reason, yes, dry_run)), json=json)


@app.command()
def actions(limit: Limit = 50, json: Json = False) -> None:
    """List who replayed, edited or discarded what, and how it ended."""
    show(run(_actions(limit)), ACTION_COLUMNS, json=json)


@app.command()
def watch(
    seconds: Annotated[float, typer.Option(min=0.1, help="Between two looks.")] = 2,
    times: Annotated[int | None, typer.Option(min=1, help="Looks; without, until Ctrl-C.")] = None,
    json: Json = False,
) -> None:
    """Show the counts by queue and error again and again."""
    run(_watch(seconds, times, json))


async def _with(work: "Callable[[Db], Any]") -> Any:
    from genjilib.ops import postgres

    async with postgres.database() as db:
        return await work(db)


async def _list(chosen: "Filter", limit: int) -> list[dict[str, Any]]:
    from genjilib.broker import dlq

    return _rows(await _with(lambda db: dlq.find(db, chosen, limit=limit)))


async def _count(chosen: "Filter") -> list[dict[str, Any]]:
    from genjilib.broker import dlq

    return _rows(await _with(lambda db: dlq.count(db, chosen)))


async def _actions(limit: int) -> list[dict[str, Any]]:
    from genjilib.broker import dlq

    return _rows(await _with(lambda db: dlq.actions(db, limit=limit)))


async def _show(letter: int) -> dict[str, Any]:
    import msgspec

    from genjilib.broker import dlq
    from genjilib.core.log import mask_secrets

    found = await _with(lambda db: dlq.show(db, letter))
    (row,) = _rows([found.letter])
    row["body_text"] = msgspec.json.encode(row["body"]).decode()
    if isinstance(row["body"], dict):
        row["body"] = mask_secrets(None, "", cast(dict[str, Any], row["body"]))
    row["raw"] = None if row["raw"] is None else repr(row["raw"])[2:-1]
    return {**row, "failures": _rows(found.failures), "lives": _rows(found.lives)}


async def _replay(chosen: "Filter", manner: "Manner", yes: bool, dry_run: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from genjilib.broker import dlq
    from genjilib.ops import postgres
    from genjilib.ops.shell import progress

    async with postgres.database() as db:
        counts = await dlq.count(db, chosen)
        found = _preview(counts)
        total = found["dead"] - found["undecodable"]
        total = total if manner.limit is None else min(total, manner.limit)
        if not confirm(total, "dead letters to replay", yes=yes, dry_run=dry_run):
            return found
        with progress("replaying", total=total, unit="messages") as advance:
            done = await dlq.replay(db, chosen, _who(), manner, advance=advance)
    return asdict(done)


async def _edit(
    chosen: "Filter", change: Callable[[bytes], bytes], yes: bool, dry_run: bool
) -> dict[str, Any]:
    from functools import cache

    from genjilib.broker import dlq
    from genjilib.core.errors import Invalid
    from genjilib.ops import postgres
    from genjilib.ops.shell import progress

    event_of = cache(_event)
    async with postgres.database() as db:
        found = await dlq.preview_edit(db, chosen, change, event_of)
        if found.sample is not None:
            say(found.sample.decode())
        if found.unfit and not found.edited:
            raise Invalid(f"No new body fits. {found.reason}")
        what = "dead letters to send with such bodies"
        what += f" ({found.unfit} stay, their new bodies do not fit)" if found.unfit else ""
        if confirm(found.edited, what, yes=yes, dry_run=dry_run):
            with progress("editing", total=found.edited + found.unfit, unit="messages") as advance:
                found = await dlq.edit(db, chosen, change, event_of, _who(), advance=advance)
    message_id = found.message_ids[0] if found.edited == 1 and found.message_ids else None
    return {"edited": found.edited, "unfit": found.unfit, "reason": found.reason, "message_id": message_id}


async def _discard(chosen: "Filter", reason: str, yes: bool, dry_run: bool) -> dict[str, Any]:
    from genjilib.broker import dlq
    from genjilib.ops import postgres

    async with postgres.database() as db:
        found = _preview(await dlq.count(db, chosen))
        if confirm(found["dead"], "dead letters to discard", yes=yes, dry_run=dry_run):
            return {"discarded": await dlq.discard(db, chosen, _who(), reason), "reason": reason}
    return found


async def _watch(seconds: float, times: int | None, json: bool) -> None:
    import asyncio

    from rich.console import Console

    from genjilib.broker import dlq
    from genjilib.ops import postgres

    looks = 0
    async with postgres.database() as db:
        while True:
            if not json:
                Console().clear()
            show(_rows(await dlq.count(db, dlq.Filter())), GROUP_COLUMNS, json=json)
            looks += 1
            if looks == times:
                return
            await asyncio.sleep(seconds)


def _rows(rows: Any) -> list[dict[str, Any]]:
    from msgspec.structs import asdict

    return [asdict(row) for row in rows]


def _preview(counts: Any) -> dict[str, Any]:
    """Sum what a replay would meet, with a line for each queue and error."""
    found: dict[str, Any] = {
        "dead": sum(row.n for row in counts),
        "applied": sum(row.applied for row in counts),
        "undecodable": sum(row.undecodable for row in counts),
        "superseded": sum(row.superseded for row in counts),
    }
    return {**found, "by": [f"{row.queue} {row.error}: {row.n}" for row in counts]}


def _event(queue: str) -> "type[Event]":
    """Return the type of the messages of ``queue``: the event in the ``types`` of its row in the topology."""
    import importlib

    from genjilib.broker.topology import find
    from genjilib.core.errors import Invalid
    from genjilib.core.events import Event

    name = f"genjilib.{find(queue).domain}.types"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        raise Invalid(f"There is no {name}, so a new body cannot be checked.") from None
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Event) and getattr(thing, "queue", None) == queue:
            return thing
    raise Invalid(f"{module.__name__} has no event for {queue}.")


def _who() -> str:
    import getpass
    import socket

    return f"{getpass.getuser()}@{socket.gethostname()}"
