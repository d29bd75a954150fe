"""`genji local`: the embedded servers of this checkout, kept up for development."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from genjilib.local.kept import State

CHECKOUT = Path(__file__).resolve().parents[2]

app = typer.Typer(name="local", help="The embedded servers of this checkout.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Directory = Annotated[Path, typer.Option(help="Where data, logs and state are.")]
NAMES = "postgres, rabbitmq, s3, mail, sentry, which is all when none is named; or clickhouse."
DIRECTORY = CHECKOUT / ".local" / "stack"


@app.command()
def up(
    services: Annotated[
        list[str] | None,
        typer.Argument(
            help="postgres, rabbitmq, s3, mail, sentry (all of these when none is named), clickhouse."
        ),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return once it is up.")] = False,
    directory: Directory = DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Start the servers, print their settings, and keep them until Ctrl-C. Their data stays."""
    import asyncio

    from genjilib.local import kept, stack
    from genjilib.local.processes import StartFailure

    names = services or list(stack.NAMES)
    if unknown := sorted(set(names) - set(stack.ALL)):
        raise typer.BadParameter(f"no such service: {', '.join(unknown)}")
    try:
        if detach or kept.status(directory) is not None:
            show(kept.up(directory, names), as_json)
        else:
            asyncio.run(foreground(directory, names, as_json))
    except (StartFailure, kept.AlreadyUp) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(75) from None


@app.command()
def down(directory: Directory = DIRECTORY, as_json: AsJson = False) -> None:
    """Stop what `up` started, and wait until it is gone."""
    from genjilib.local import kept

    stopped = kept.down(directory)
    words = "Stopped." if stopped else "Nothing was up."
    typer.echo(json.dumps({"stopped": stopped}) if as_json else words)


@app.command()
def status(directory: Directory = DIRECTORY, as_json: AsJson = False) -> None:
    """Say whether the servers are up (exit status 0) or not (1), and the settings that reach them."""
    from genjilib.local import kept

    state = kept.status(directory)
    if state is None:
        typer.echo(json.dumps({"up": False}) if as_json else "Not up. Start it with `./cli.py local up`.")
        raise typer.Exit(1)
    show(state, as_json)


async def foreground(directory: Path, names: list[str], as_json: bool) -> None:
    """Keep the servers from this process."""
    from genjilib.local import kept
    from genjilib.local.stack import Stack, embedded

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    def announce(state: "State") -> None:
        show(state, as_json)
        tell("Up. Ctrl-C, or `./cli.py local down` elsewhere, stops it.")

    stack = Stack(embedded(directory, names, durable=True), progress=tell)
    await kept.keep(directory, stack, up=announce)


def show(state: "State", as_json: bool) -> None:
    """Print the state: as JSON, or as lines for an .env file (PATH apart)."""
    if as_json:
        typer.echo(json.dumps({"up": True, **asdict(state)}))
        return
    typer.echo(f"# up since {state.since}, process {state.pid}")
    for name, value in state.environment.items():
        if name != "PATH":
            typer.echo(f"{name}={value}")
