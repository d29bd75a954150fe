"""`genji local`: the embedded stack of this checkout, kept up for development."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from genjilib.local.kept import State

app = typer.Typer(name="local", help="The embedded servers of this checkout.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once it is up; `down` stops it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start PostgreSQL, RabbitMQ, S3, mail and Sentry, and keep them until Ctrl-C. Their data stays."""
    from genjilib.local import kept
    from genjilib.local.processes import StartFailure

    try:
        if detach or kept.status() is not None:
            show(kept.up(), as_json)
        else:
            asyncio.run(foreground(as_json))
    except (StartFailure, kept.AlreadyUp) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(75) from None


@app.command()
def down(as_json: AsJson = False) -> None:
    """Stop what `up` started, and wait until it is gone."""
    from genjilib.local import kept

    stopped = kept.down()
    typer.echo(json.dumps({"stopped": stopped}) if as_json else "Stopped." if stopped else "Nothing was up.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say whether the stack is up (exit status 0) or not (1), and the settings that reach it."""
    from genjilib.local import kept

    state = kept.status()
    if state is None:
        typer.echo(json.dumps({"up": False}) if as_json else "Not up. Start it with `./cli.py local up`.")
        raise typer.Exit(1)
    show(state, as_json)


async def foreground(as_json: bool) -> None:
    """Keep the stack in this process."""
    from genjilib.local import kept
    from genjilib.local.stack import Stack, embedded

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    def announce(state: "State") -> None:
        show(state, as_json)
        tell("Up. Ctrl-C, or `./cli.py local down` elsewhere, stops it.")

    await kept.keep(kept.DIRECTORY, Stack(embedded(kept.DIRECTORY, durable=True), progress=tell), up=announce)


def show(state: "State", as_json: bool) -> None:
    """Print the state: as JSON, or as lines for an .env file (PATH apart)."""
    if as_json:
        typer.echo(json.dumps({"up": True, **asdict(state)}))
        return
    typer.echo(f"# up since {state.since}, process {state.pid}")
    for name, value in state.environment.items():
        if name != "PATH":
            typer.echo(f"{name}={value}")
