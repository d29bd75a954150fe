"""``genji show``: every list of the project, each row with the file and the line it stands at."""

import gc

import typer

from genjilib.ops.shell import Json, show

app = typer.Typer(name="show", help="Print the project's lists, with file and line.", no_args_is_help=True)


@app.callback()
def all_at_once(context: typer.Context) -> None:
    """Print the project's lists, with file and line."""
    # Most of the time goes into imports, and a fifth of it into garbage collections that find nothing.
    gc.disable()
    context.call_on_close(gc.enable)


@app.command()
def routes(json: Json = False) -> None:
    """List the API's operations and the scope that each asks for."""
    from genjilib.ops import lists

    show(lists.placed(lists.routes()), ("method", "path", "scope", "name", "where"), json=json)


@app.command()
def queries(json: Json = False) -> None:
    """List the query files, what they return and what they write."""
    from genjilib.ops import lists

    show(lists.placed(lists.queries()), ("name", "returns", "writes", "meaning", "where"), json=json)


@app.command()
def queues(json: Json = False) -> None:
    """List the queues and the runner that consumes each."""
    from genjilib.ops import lists

    show(lists.placed(lists.queues()), ("name", "consumer", "handler", "where"), json=json)


@app.command()
def commands(context: typer.Context, json: Json = False) -> None:
    """List the commands of the bot and of this program."""
    from genjilib.ops import lists

    found = lists.discord_commands() + lists.cli_commands(context.find_root().command)
    show(lists.placed(found), ("name", "kind", "meaning", "where"), json=json)


@app.command()
def settings(json: Json = False) -> None:
    """List the settings that the environment or .env may hold; values of secrets are never shown."""
    from genjilib.ops import lists

    columns = ("name", "type", "default", "required", "secret", "meaning", "where")
    show(lists.placed(lists.settings()), columns, json=json)


@app.command()
def metrics(json: Json = False) -> None:
    """List the metrics that the runners offer to Prometheus."""
    from genjilib.ops import lists

    show(lists.placed(lists.metrics()), ("name", "kind", "labels", "meaning", "where"), json=json)


@app.command()
def services(json: Json = False) -> None:
    """List our own processes and the services outside, with the code that reaches each."""
    from genjilib.ops import lists

    show(lists.placed(lists.services()), ("name", "kind", "settings", "meaning", "where"), json=json)
