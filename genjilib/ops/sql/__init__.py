"""``genji sql``: check query files, write typed modules from them; describe, explain and begin queries."""

from typing import Annotated

import typer

app = typer.Typer(
    name="sql", help="Check query files and generate their typed functions.", no_args_is_help=True
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(envvar="SQL_DATABASE_URL", help="A migrated database; without one a scratch server."),
]
AskAll = Annotated[bool, typer.Option("--all", help="Ask PostgreSQL about every file, changed or not.")]
Watch = Annotated[bool, typer.Option("--watch", help="Do it again whenever a file changes, until Ctrl-C.")]


@app.command()
def generate(database_url: DatabaseUrl = None, ask_all: AskAll = False, watch: Watch = False) -> None:
    """Write genjilib/queries and sql/signatures.json, asking PostgreSQL about what changed."""
    from genjilib.ops.sql import runs

    runs.run(database_url, ask_all=ask_all, watch=watch, act=runs.write)


@app.command()
def check(database_url: DatabaseUrl = None, ask_all: AskAll = False, watch: Watch = False) -> None:
    """Fail when a query file is wrong or a generated file is not what the query files say."""
    from genjilib.ops.sql import runs

    runs.run(database_url, ask_all=ask_all, watch=watch, act=runs.compare)
