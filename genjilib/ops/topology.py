"""``genji topology``: the table of queues as RabbitMQ definitions, and queues made as the table says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, run, show

if TYPE_CHECKING:
    from genjilib.broker.mend import Drift

app = typer.Typer(name="topology", help="RabbitMQ's queues, as their table says.", no_args_is_help=True)

DEFINITIONS = Path(__file__).resolve().parents[2] / "infra" / "rabbitmq" / "definitions.json"
COLUMNS = ("name", "drift", "messages", "mended")

File = Annotated[Path, typer.Option("--file", help="Where to write them.")]


@app.command()
def export(file: File = DEFINITIONS, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Write the definitions that RabbitMQ can import; with --json print them instead."""
    text = definitions()
    if json:
        typer.echo(text, nl=False)
    changed = not file.exists() or file.read_text() != text
    if confirm(int(changed and not json), f"files to write: {file}", yes=yes, dry_run=dry_run, harmless=True):
        file.write_text(text)


@app.command()
def mend(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Declare queues that are missing and make drifted ones anew; their messages return to the outbox."""
    show(run(_mend(yes, dry_run)), COLUMNS, json=json)


@app.command()
def users(
    secrets: Annotated[
        Path,
        typer.Option(
            envvar="SECRETS",
            exists=True,
            file_okay=False,
            help="Folder with bot_amqp_url and worker_amqp_url.",
        ),
    ],
    json: Json = False,
) -> None:
    """Print the definitions with the runners' users and their rights, for RabbitMQ's load_definitions."""
    from genjilib.broker import topology
    from genjilib.ops import tables

    made = {**topology.definitions(), **topology.users(_passwords(secrets))}
    if json:
        typer.echo(tables.as_json(made))
    else:
        show(made["permissions"], ("user", "configure", "write", "read"))


def _passwords(folder: Path) -> dict[str, str]:
    from urllib.parse import unquote, urlsplit

    from genjilib.core.errors import Invalid

    found: dict[str, str] = {}
    for name in ("genji_bot", "genji_worker"):
        file = folder / f"{name.removeprefix('genji_')}_amqp_url"
        parts = urlsplit(file.read_text().strip()) if file.exists() else None
        if parts is None or parts.username != name or not parts.password:
            raise Invalid(f"{file} must be an address with the user {name} and a password.", code="settings")
        found[name] = unquote(parts.password)
    return found


def definitions() -> str:
    """Return the table of queues as the text of the file."""
    import json

    from genjilib.broker import topology

    return json.dumps(topology.definitions(), indent=2) + "\n"


async def _mend(yes: bool, dry_run: bool) -> list[dict[str, Any]]:
    from genjilib.broker import mend
    from genjilib.broker.client import Broker
    from genjilib.core.settings import Settings
    from genjilib.ops import postgres

    async with Broker.open(Settings.load(), name="topology") as broker, postgres.database() as db:
        found = await mend.find(broker)
        rows = [_row(drift) for drift in found]
        if confirm(len(found), "queues to make as the table says", yes=yes, dry_run=dry_run):
            for drift, row in zip(found, rows, strict=True):
                await mend.mend(db, broker, drift)
                row["mended"] = True
    return rows


def _row(drift: "Drift") -> dict[str, Any]:
    return {"name": drift.name, "drift": drift.kind, "messages": drift.messages, "mended": False}
